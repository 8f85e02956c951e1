using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Device.DependencyInjection.Tests;

public sealed class AddTandemDeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_app_has_one_model_and_a_session_for_each_user()
    {
        using var app = App(options => options.BundleFolder = SmallBundle.Write(_folder["bundle"]));
        using var scope = app.CreateScope();
        var sessions = app.GetRequiredService<DeviceSessions>();
        Assert.Same(sessions, scope.ServiceProvider.GetRequiredService<DeviceSessions>());
        using var ann = await sessions.OpenAsync("ann", Token);
        using var bob = await sessions.OpenAsync("bob", Token);
        Assert.NotSame(ann.Session, bob.Session);
        Assert.Same(app.GetRequiredService<DeviceModel>(), ann.Session.Model);
        Assert.Same(ann.Session.Model, bob.Session.Model);
        Assert.Null(app.GetService<DeviceSession>());
    }

    [Fact]
    public async Task Every_sessions_rules_are_the_apps()
    {
        using var app = App(options =>
        {
            options.BundleFolder = SmallBundle.Write(_folder["bundle"]);
            options.Session = new() { ExcludeConsumed = false };
        });
        using var lease = await app.GetRequiredService<DeviceSessions>().OpenAsync("ann", Token);
        lease.Session.Observe(5);
        Assert.Contains(5, lease.Session.Recommend(SmallBundle.Items).Select(r => r.Item));
    }

    [Fact]
    public void A_host_does_not_start_without_a_bundle_and_is_told_why()
    {
        using var app = App(options => options.BundleFolder = _folder["bundle"]);
        var refused = Assert.Throws<BundleException>(app.GetRequiredService<IStartupValidator>().Validate);
        Assert.StartsWith($"{_folder["bundle"]}: there is no manifest.json", refused.Message, StringComparison.Ordinal);
        Assert.Throws<BundleException>(app.GetRequiredService<DeviceSessions>);
        SmallBundle.Write(_folder["bundle"]);
        Assert.NotNull(app.GetRequiredService<DeviceSessions>());
    }

    [Fact]
    public void A_host_starts_with_a_bundle_and_has_opened_it()
    {
        using var app = App(options => options.BundleFolder = SmallBundle.Write(_folder["bundle"]));
        app.GetRequiredService<IStartupValidator>().Validate();
        Directory.Delete(_folder["bundle"], recursive: true);
        Assert.Equal(SmallBundle.Items, app.GetRequiredService<DeviceModel>().Shape.Items);
    }

    [Fact]
    public void All_faults_of_the_options_are_named_at_once()
    {
        using var app = App(options => (options.BundleFolder, options.LogFolder, options.SessionLimit, options.OpenTimeout)
            = (" ", _folder["nowhere"], 0, TimeSpan.Zero));
        var refused = Assert.Throws<OptionsValidationException>(app.GetRequiredService<IStartupValidator>().Validate);
        Assert.Equal(
        [
            "TandemDeviceOptions.BundleFolder is empty; set it to the folder of manifest.json and model.safetensors",
            $"TandemDeviceOptions.LogFolder '{_folder["nowhere"]}' is no folder; make it first, or leave it null to keep no events",
            "TandemDeviceOptions.SessionLimit is 0; expected at least 1",
            "TandemDeviceOptions.OpenTimeout is 00:00:00; expected more than zero, or Timeout.InfiniteTimeSpan",
        ], refused.Failures);
    }

    [Fact]
    public async Task A_second_call_configures_further_and_an_apps_own_model_stays()
    {
        var own = DeviceModel.Open(SmallBundle.Write(_folder["own"], seed: 2));
        var services = new ServiceCollection().AddSingleton(own);
        services.AddTandemDevice(options => options.BundleFolder = _folder["nowhere"]);
        services.AddTandemDevice(options => options.Session = options.Session with { HistoryLimit = 7 });
        using var app = services.BuildServiceProvider();
        app.GetRequiredService<IStartupValidator>().Validate();
        using var lease = await Assert.Single(app.GetServices<DeviceSessions>()).OpenAsync("ann", Token);
        Assert.Same(own, lease.Session.Model);
        for (var i = 1; i <= 9; i++) lease.Session.Observe(i);
        Assert.Equal(7, lease.Session.History.Count);
    }

    [Fact]
    public void An_app_has_many_users_or_one()
    {
        var many = new ServiceCollection().AddTandemDevice(_ => { });
        var one = new ServiceCollection().AddTandemDeviceSingleUser(_ => { });
        Assert.Throws<InvalidOperationException>(() => many.AddTandemDeviceSingleUser(_ => { }));
        Assert.Throws<InvalidOperationException>(() => one.AddTandemDevice(_ => { }));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ServiceProvider App(Action<TandemDeviceOptions> configure) =>
        new ServiceCollection().AddTandemDevice(configure).BuildServiceProvider(validateScopes: true);
}
