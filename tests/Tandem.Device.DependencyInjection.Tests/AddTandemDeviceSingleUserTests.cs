using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tandem.Protocol.Bundles;
using Tandem.Tests;

namespace Tandem.Device.DependencyInjection.Tests;

public sealed class AddTandemDeviceSingleUserTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_app_has_one_model_and_one_session_of_the_bundle()
    {
        using var app = App(options => options.BundleFolder = SmallBundle.Write(_folder["bundle"]));
        var session = app.GetRequiredService<DeviceSession>();
        session.Observe(5);
        Assert.Equal(10, session.Recommend(10).Length);
        using var scope = app.CreateScope();
        Assert.Same(session, scope.ServiceProvider.GetRequiredService<DeviceSession>());
        Assert.Same(session.Model, app.GetRequiredService<DeviceModel>());
    }

    [Fact]
    public void The_sessions_rules_are_the_apps()
    {
        using var app = App(options =>
        {
            options.BundleFolder = SmallBundle.Write(_folder["bundle"]);
            options.Session = new() { ExcludeConsumed = false };
        });
        var session = app.GetRequiredService<DeviceSession>();
        session.Observe(5);
        Assert.Contains(5, session.Recommend(SmallBundle.Items).Select(r => r.Item));
    }

    [Fact]
    public void The_bundle_is_read_when_it_is_first_asked_for()
    {
        using var app = App(options => options.BundleFolder = _folder["bundle"]);
        var refused = Assert.Throws<BundleException>(() => app.GetRequiredService<DeviceSession>());
        Assert.StartsWith($"{_folder["bundle"]}: there is no manifest.json", refused.Message, StringComparison.Ordinal);
        SmallBundle.Write(_folder["bundle"]);
        Assert.NotNull(app.GetRequiredService<DeviceSession>());
    }

    [Fact]
    public void The_events_of_an_app_that_names_a_log_are_there_when_it_starts_again()
    {
        var bundle = SmallBundle.Write(_folder["bundle"]);
        for (var start = 0; start < 2; start++)
        {
            using var app = App(options => (options.BundleFolder, options.EventLogFile) = (bundle, _folder["events.log"]));
            Assert.Equal(start, app.GetRequiredService<DeviceSession>().EventCount);
            app.GetRequiredService<DeviceSession>().Observe(5);
        }

        File.WriteAllText(
            _folder["events.log"], "a text that is no log, long enough to be told from a torn one, for its first bytes are wrong");
        using var refused = App(options => (options.BundleFolder, options.EventLogFile) = (bundle, _folder["events.log"]));
        var e = Assert.Throws<InvalidDataException>(() => refused.GetRequiredService<DeviceSession>());
        Assert.Contains("events.log", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public void An_app_that_names_no_folder_is_told_what_to_set(string? folder)
    {
        using var app = App(options => options.BundleFolder = folder!);
        var e = Assert.Throws<OptionsValidationException>(() => app.GetRequiredService<DeviceSession>());
        Assert.Contains("BundleFolder is empty; set it to", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_call_configures_further_and_an_apps_own_model_stays()
    {
        var own = DeviceModel.Open(SmallBundle.Write(_folder["own"], seed: 2));
        var services = new ServiceCollection().AddSingleton(own);
        services.AddTandemDeviceSingleUser(options => options.BundleFolder = _folder["nowhere"]);
        services.AddTandemDeviceSingleUser(options => options.Session = options.Session with { HistoryLimit = 7 });
        using var app = services.BuildServiceProvider();
        var session = app.GetRequiredService<DeviceSession>();
        Assert.Same(own, session.Model);
        for (var i = 1; i <= 9; i++) session.Observe(i);
        Assert.Equal(7, session.History.Count);
        Assert.Single(app.GetServices<DeviceSession>());
    }

    [Fact]
    public void A_host_does_not_start_where_the_log_is_refused()
    {
        File.WriteAllText(
            _folder["events.log"], "a text that is no log, long enough to be told from a torn one, for its first bytes are wrong");
        using var app = App(
            options => (options.BundleFolder, options.EventLogFile) = (SmallBundle.Write(_folder["bundle"]), _folder["events.log"]));
        Assert.Throws<InvalidDataException>(app.GetRequiredService<IStartupValidator>().Validate);
    }

    private static ServiceProvider App(Action<TandemSingleUserOptions> configure) =>
        new ServiceCollection().AddTandemDeviceSingleUser(configure).BuildServiceProvider(validateScopes: true);
}
