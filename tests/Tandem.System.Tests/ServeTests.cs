using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tandem.Tests;

namespace Tandem.System.Tests;

public sealed class ServeTests : IDisposable
{
    private static readonly string[] _keys = ["11", "12"];
    private static readonly TimeSpan _arrival = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longerThanOtherVerbsHave = TimeSpan.FromSeconds(3);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_is_served_to_whoever_has_a_key_and_its_events_are_exported()
    {
        var (run, store) = (_folder["run"], $"sqlite:{_folder["store.db"]}");
        var trained = TandemProcess.Run(
            "train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "1", "--threads", "1", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        var key = TandemProcess.Run("keys", "add", "shop", "--store", store, "--json").Json.GetProperty("key").GetString()!;

        using (var service = Serve(run, store, out var address))
        {
            using var client = new HttpClient { BaseAddress = address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            client.DefaultRequestHeaders.Add("Tandem-Device", "phone");
            using var list = await client.PostAsync("v1/candidates", Json(new { keys = _keys, count = 3 }), Cancel);
            Assert.True(list.IsSuccessStatusCode);
            var told = JsonDocument.Parse(await list.Content.ReadAsStringAsync(Cancel)).RootElement;
            var version = told.GetProperty("catalogVersion").GetString();
            using var kept = await client.PostAsync(
                "v1/events", Json(new { catalogVersion = version, events = new[] { new { id = "one", item = 1, time = 1 } } }), Cancel);
            Assert.True(kept.IsSuccessStatusCode);
            var locked = TandemProcess.Run("keys", "list", "--store", store);
            Assert.Contains("another process", locked.RefusedWith(), StringComparison.Ordinal);
            service.Kill();
            await service.WaitForExitAsync(Cancel);
        }

        var exported = TandemProcess.Run("events", "export", "--store", store, "--out", _folder["events.parquet"], "--json");
        Assert.Equal(1, exported.Json.GetProperty("events").GetInt32());
        Assert.True(File.Exists(_folder["events.parquet"]));
    }

    [Fact]
    public async Task A_request_under_way_is_answered_when_the_service_is_ended()
    {
        var run = _folder["run"];
        var trained = TandemProcess.Run("train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "1", "--threads", "1", "--run", run);
        Assert.True(trained.ExitCode == 0, trained.Error);
        using var service = Serve(run, $"sqlite:{_folder["store.db"]}", out var address, "--open", "--deadline", "20");
        using var client = new HttpClient { BaseAddress = address };
        var body = new SlowBody("""{"keys":["11"],"count":3}"""u8.ToArray(), _longerThanOtherVerbsHave);
        var answer = client.PostAsync("v1/candidates", body, Cancel);
        await body.IsBegun.WaitAsync(Cancel);
        using (var kill = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(Cancel);
        Assert.True((await answer).IsSuccessStatusCode);
        await service.WaitForExitAsync(Cancel);
        Assert.Equal(0, service.ExitCode);
    }

    /// <summary>The ring turns the other way from now on.</summary>
    [Fact]
    public async Task A_model_that_learned_what_was_reported_takes_the_place_of_the_one_that_did_not()
    {
        var (run, store) = (_folder["runs/first"], $"sqlite:{_folder["store.db"]}");
        var trained = TandemProcess.Run(
            "train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "20", "--threads", "1", "--repeats", "--run", run, "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        var key = TandemProcess.Run("keys", "add", "default", "--scope", "operator", "--store", store, "--json").Json
            .GetProperty("key").GetString()!;
        using var service = Serve(run, store, out var address, "--run-folder", _folder["runs"]);
        using var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var first = await ServedAsync(client);
        await WalkBackwardsAsync(client);

        var result = TandemProcess.Run(
            "retrain", run, "--cloud", $"{address}", "--key", key, "--out", _folder["runs"], "--least-users", "20", "--threads", "1",
            "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(result.Json.GetProperty("served").GetBoolean(), result.Output);
        Assert.NotEqual(first, await ServedAsync(client));
        var refused = TandemProcess.Run("retrain", run, "--cloud", $"{address}", "--key", "tandem_wrong").RefusedWith();
        Assert.Contains("refuses, 401", refused, StringComparison.Ordinal);
        service.Kill();
        await service.WaitForExitAsync(Cancel);
    }

    private static async Task<string> ServedAsync(HttpClient client) =>
        JsonDocument.Parse(await client.GetStringAsync("v1/models", Cancel)).RootElement[0].GetProperty("version").GetString()!;

    /// <summary>Sixty devices walk the ring backwards, ten steps each, a step of all at a time.</summary>
    private static async Task WalkBackwardsAsync(HttpClient client)
    {
        using var asked = await client.PostAsync("v1/candidates", Json(new { keys = _keys, count = 40, includeSeen = true }), Cancel);
        var list = JsonDocument.Parse(await asked.Content.ReadAsStringAsync(Cancel)).RootElement;
        var numbers = list.GetProperty("keys").EnumerateArray().Zip(list.GetProperty("items").EnumerateArray())
            .ToDictionary(pair => pair.First.GetString()!, pair => pair.Second.GetInt32());
        for (var step = 0; step < 10; step++)
        {
            for (var device = 0; device < 60; device++)
            {
                var item = numbers[$"{(device * 7 + 40 - step) % 40 + 1}"];
                var batch = new
                {
                    catalogVersion = list.GetProperty("catalogVersion").GetString(),
                    events = new[] { new { id = $"{step}", item, time = step } },
                };
                using var message = new HttpRequestMessage(HttpMethod.Post, "v1/events") { Content = Json(batch) };
                message.Headers.Add("Tandem-Device", $"device-{device}");
                using var kept = await client.SendAsync(message, Cancel);
                Assert.True(kept.IsSuccessStatusCode);
            }
        }
    }

    [Fact]
    public void What_cannot_be_served_is_told_in_one_line()
    {
        var store = $"sqlite:{_folder["store.db"]}";
        Assert.Contains("is no folder", Refused("nowhere", "--store", store), StringComparison.Ordinal);
        Assert.Contains("unknown", Refused(_folder.Root, "--store", "mysql:x"), StringComparison.Ordinal);
        Assert.Contains("no training run", Refused(_folder.Root, "--store", store), StringComparison.Ordinal);
        Assert.Contains("100/day", Refused(_folder.Root, "--store", store, "--budget", "many"), StringComparison.Ordinal);
        Assert.Contains("all machines share", Refused(_folder.Root, "--store", store, "--cluster", "c"), StringComparison.Ordinal);

        static string Refused(params string[] arguments) => TandemProcess.Run(["serve", .. arguments]).RefusedWith();
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private static Process Serve(string run, string store, out Uri address, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "tandem.dll"), "serve", run, "--store", store, "--urls",
                "http://127.0.0.1:0", "--json", .. options,
            ])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        address = new(JsonDocument.Parse(process.StandardOutput.ReadLine()!).RootElement.GetProperty("urls")[0].GetString()!);
        return process;
    }

    /// <summary>JSON whose second half comes late.</summary>
    private sealed class SlowBody : HttpContent
    {
        private readonly byte[] _bytes;
        private readonly TimeSpan _pause;
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowBody(byte[] bytes, TimeSpan pause)
        {
            (_bytes, _pause) = (bytes, pause);
            Headers.ContentType = new("application/json");
        }

        public Task IsBegun => _begun.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_bytes.AsMemory(0, _bytes.Length / 2));
            await stream.FlushAsync();
            await Task.Delay(_arrival);
            _begun.SetResult();
            await Task.Delay(_pause);
            await stream.WriteAsync(_bytes.AsMemory(_bytes.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes.Length;
            return true;
        }
    }
}
