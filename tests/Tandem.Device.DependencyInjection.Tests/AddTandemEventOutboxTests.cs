using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Device.DependencyInjection.Tests;

public sealed class AddTandemEventOutboxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_the_session_observes_comes_to_the_service_once()
    {
        var kept = new ConcurrentDictionary<string, ReportedEvent>(StringComparer.Ordinal);
        var n = 0;
        await using var server = new RawServer(request =>
        {
            var batch = JsonSerializer.Deserialize(request.Body, MessageJson.Default.EventBatch)!;
            var added = batch.Events.Count(e => kept.TryAdd(e.Id, e));
            return Interlocked.Increment(ref n) == 1 // the first answer is lost
                ? []
                : RawServer.Json($$"""{"added":{{added}},"known":{{batch.Events.Count - added}}}""");
        });
        await using (var app = App(server))
        {
            var session = app.GetRequiredService<DeviceSession>();
            for (var item = 1; item <= 5; item++) session.Observe(item);
            var sender = Assert.Single(app.GetServices<IHostedService>());
            await sender.StartAsync(Cancel);
            while (app.GetRequiredService<EventOutbox>().Count > 0) await Task.Delay(20, Cancel);
            await sender.StopAsync(Cancel);
            Assert.Equal(5, app.GetRequiredService<EventSender>().Last!.Value.Sent);
        }

        Assert.Equal([1, 2, 3, 4, 5], kept.Values.Select(e => e.Item).Order());
    }

    [Fact]
    public async Task What_is_not_sent_waits_for_the_next_start()
    {
        await using var server = new RawServer(_ => RawServer.Answer(500, null, []));
        await using (var app = App(server))
        {
            app.GetRequiredService<DeviceSession>().Observe(7);
            var sender = app.GetRequiredService<EventSender>();
            await sender.StartAsync(Cancel);
            while (sender.Last is null) await Task.Delay(20, Cancel);
            await sender.StopAsync(Cancel);
            Assert.Equal(CloudFaultKind.Failed, sender.Last.Value.Fault!.Kind);
        }

        await using var again = App(server);
        Assert.Equal(1, again.GetRequiredService<EventOutbox>().Count);
    }

    [Fact]
    public async Task Faults_are_named_before_anything_starts()
    {
        await using var server = new RawServer(_ => []);
        await using (var app = App(server, options =>
        {
            options.File = "";
            options.SendEvery = TimeSpan.Zero;
            options.Outbox = new() { BatchSize = 0 };
        }))
        {
            var refused = Assert.Throws<OptionsValidationException>(() => app.GetRequiredService<EventOutbox>());
            foreach (var word in new[] { "File", "SendEvery", "batch size 0" })
                Assert.Contains(word, refused.Message, StringComparison.Ordinal);
        }

        _folder.Write("outbox", "something else");
        await using var other = App(server);
        Assert.Contains("no event log", Assert.Throws<InvalidDataException>(() => other.GetRequiredService<DeviceSession>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_of_many_users_has_no_outbox()
    {
        var services = new ServiceCollection();
        services.AddTandemDevice(options => options.BundleFolder = "bundle");
        Assert.Throws<InvalidOperationException>(() => services.AddTandemEventOutbox(options => options.File = "outbox"));
    }

    private ServiceProvider App(RawServer server, Action<TandemEventOutboxOptions>? change = null)
    {
        var services = new ServiceCollection();
        AddTandemCloudTests.Add(services, server);
        services.AddTandemDeviceSingleUser(options => options.BundleFolder = SmallBundle.Write(_folder["bundle"]));
        services.AddTandemEventOutbox(options =>
        {
            options.File = _folder["outbox"];
            change?.Invoke(options);
        });
        return services.BuildServiceProvider();
    }
}
