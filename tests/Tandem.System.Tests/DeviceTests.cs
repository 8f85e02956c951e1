using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>A device in a terminal.</summary>
public sealed class DeviceTests : IDisposable
{
    private static readonly string[] _keys = [.. Enumerable.Range(1, SmallBundle.Items).Select(item => $"key{item:00}")];

    private readonly TemporaryFolder _folder = new();

    private string Bundle => SmallBundle.Write(_folder["bundle"], keys: _keys);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_click_is_a_line_that_says_what_the_cloud_was_asked_and_answered()
    {
        await using var server = new RawServer(request => request.Path switch
        {
            "/v1/candidates" when Read(request, MessageJson.Default.CandidateRequest).History.Count == 2 =>
                RawServer.Problem(429, """{"detail":"too many","kind":"busy"}"""),
            "/v1/candidates" => RawServer.Json(
                """{"catalogVersion":"catalogue-a","modelVersion":"m","historyLength":1,"items":[30,31,32],"scores":[-1,-2,-3]}"""),
            _ => RawServer.Json($$"""{"added":{{Read(request, MessageJson.Default.EventBatch).Events.Count}},"known":0}"""),
        });
        var run = TandemProcess.Run(
            "device", "--bundle", Bundle, "--cloud", server.Address.ToString(), "--user", "u-1", "--key", "k", "--ask-every", "1",
            "--outbox", _folder["outbox"], "--clicks", "key03,key07", "--json", "--count", "2");
        Assert.True(run.ExitCode == 0, run.Error);
        var turns = run.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["key03", "key07"], turns.Select(turn => turn.GetProperty("click").GetString()));
        Assert.All(turns, turn => Assert.True(turn.GetProperty("asked").GetBoolean()));
        Assert.Equal([true, false], turns.Select(turn => turn.GetProperty("newList").GetBoolean()));
        Assert.Equal("busy: too many", turns[1].GetProperty("fault").GetString());
        Assert.Equal([0, 1], turns.Select(turn => turn.GetProperty("listAge").GetInt32()));
        Assert.Equal(2, turns[1].GetProperty("eventsSent").GetInt32());
        Assert.All(turns[0].GetProperty("ranking").EnumerateArray(), item => Assert.InRange(item.GetProperty("item").GetInt32(), 30, 32));
        Assert.All(server.Requests, request => Assert.Equal(
            ("u-1", "Bearer k"), (request.Headers["Tandem-Device"], request.Headers["Authorization"])));
        Assert.DoesNotContain("Bearer", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_comes_from_the_cloud_by_its_name()
    {
        var folder = Bundle;
        await using var server = new RawServer(request => request.Path.EndsWith("safetensors", StringComparison.Ordinal)
            ? RawServer.Answer(200, "application/octet-stream", File.ReadAllBytes(Path.Combine(folder, request.Path.Split('/')[^1])))
            : request.Path == "/v1/bundles/small"
                ? RawServer.Answer(
                    200, "application/json", File.ReadAllBytes(Path.Combine(folder, "manifest.json")), "Tandem-Version: 1")
                : RawServer.Answer(404, null, []));
        var cloud = server.Address.ToString();
        var fetched = TandemProcess.Run("device", "--bundle", "small", "--cloud", cloud, "--clicks", "key03", "--json");
        var local = TandemProcess.Run("device", "--bundle", folder, "--clicks", "key03", "--json");
        Assert.Equal(local.Json.GetProperty("ranking").GetRawText(), fetched.Json.GetProperty("ranking").GetRawText());
        AssertRefused("notFound", "--bundle", "other", "--cloud", cloud);
    }

    [Fact]
    public async Task A_person_clicks_by_number_or_key_goes_offline_and_takes_back()
    {
        await using var server = new RawServer(_ => RawServer.Answer(500, null, []));
        var turns = Typed(
            "1\nkey07\nwhat\no\n2\nu\nq\n",
            "device", "--bundle", Bundle, "--cloud", server.Address.ToString(), "--ask-every", "1", "--json");
        Assert.Equal(6, turns.Length);
        Assert.Equal(turns[0].GetProperty("ranking")[0].GetProperty("key").GetString(), turns[1].GetProperty("click").GetString());
        Assert.Equal("key07", turns[2].GetProperty("click").GetString());
        Assert.Equal([true, true, true, false, false, false], turns.Select(turn => turn.GetProperty("online").GetBoolean()));
        Assert.Equal("offline", turns[4].GetProperty("reason").GetString());
        Assert.Equal(turns[3].GetProperty("ranking").GetRawText(), turns[5].GetProperty("ranking").GetRawText());
    }

    [Fact]
    public void Without_a_script_a_table_is_shown()
    {
        var run = TandemProcess.Run("device", "--bundle", Bundle, "--clicks", "key03", "--count", "3");
        Assert.Contains("clicked key03", run.Output, StringComparison.Ordinal);
        Assert.Contains("offline, did not ask (there is no cloud)", run.Output, StringComparison.Ordinal);
        Assert.Contains("score", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_refused_with_the_way_out()
    {
        AssertRefused("give --cloud, too", "--bundle", "nowhere");
        AssertRefused("did you mean 'key03'", "--bundle", Bundle, "--clicks", "kez03");
        AssertRefused("no address", "--bundle", Bundle, "--cloud", "cloud");
        AssertRefused("device id", "--bundle", Bundle, "--cloud", "http://127.0.0.1:9", "--user", "a b");
        AssertRefused("nobody to send events to", "--bundle", Bundle, "--outbox", _folder["outbox"]);
        AssertRefused("at least 1 click", "--bundle", Bundle, "--ask-every", "0");
        AssertRefused("at least 1 item", "--bundle", Bundle, "--count", "0");
    }

    private static void AssertRefused(string expected, params string[] arguments) =>
        Assert.Contains(expected, TandemProcess.Run(["device", .. arguments]).RefusedWith(), StringComparison.Ordinal);

    private static T Read<T>(RawRequest request, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(request.Body, type)!;

    private static JsonElement[] Typed(string lines, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "tandem.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Write(lines);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
