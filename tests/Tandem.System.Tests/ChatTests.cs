using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tandem.Chat.Clients;
using Tandem.Chat.Tests;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Lists that a chat model puts in order, from the command line, with a server of one beside it.</summary>
public sealed class ChatTests : IDisposable
{
    private static readonly string[] _keys = ["11", "12"];
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_served_run_s_lists_are_in_the_chat_model_s_order_until_it_fails()
    {
        var behaviour = Behaviour.Right;
        await using var server = await StubServer.StartAsync(_ => behaviour);
        var file = Write(server.Options(ChatServerKind.OpenAI), """ "retrieve": 10, "retries": 0 """);
        using var service = Serve(Train(), out var address, "--open", "--chat", file);
        using var client = new HttpClient { BaseAddress = address };
        var ranked = await ListAsync(client, count: 4);
        Assert.StartsWith("stub@", ranked.GetProperty("modelVersion").GetString(), StringComparison.Ordinal);
        string[] keys = [.. ranked.GetProperty("keys").EnumerateArray().Select(key => key.GetString()!)];
        Assert.Equal(keys.OrderByDescending(key => int.Parse(key, CultureInfo.InvariantCulture)), keys); // the stub's taste
        Assert.Empty(keys.Intersect(_keys));
        Assert.Equal("cache", (await ListAsync(client, count: 4)).GetProperty("source").GetString());

        behaviour = Behaviour.Error;
        var plain = await ListAsync(client, count: 5, "21", "22");
        Assert.DoesNotContain("stub", plain.GetProperty("modelVersion").GetString(), StringComparison.Ordinal);
        Assert.Equal(5, plain.GetProperty("items").GetArrayLength());

        var error = service.StandardError.ReadToEndAsync(Cancel);
        using (var kill = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(Cancel);
        await service.WaitForExitAsync(Cancel);
        var told = await error;
        Assert.Contains("which is sent titles: of the newest 20 items of a history and of 10 candidates", told, StringComparison.Ordinal);
        Assert.Contains("chat model: 1 lists ranked, 0 of them by kept answers; 2 calls", told, StringComparison.Ordinal);
        Assert.Contains("1 lists as they were retrieved (unavailable 1)", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simulation_s_cloud_is_ranked_by_a_chat_model()
    {
        await using var server = await StubServer.StartAsync(_ => Behaviour.Right);
        var file = Write(server.Options(ChatServerKind.Ollama), """ "retrieve": 10, "deadline": "00:01:00" """);
        var (data, cloud) = (WriteTitledRing(), Train());
        string[] arguments =
        [
            "simulate", "--data", data, "--cloud", cloud, "--list", "10", "--device-epochs", "1", "--threads", "1", "--rates", "0",
            "--json", "--run",
        ];
        var plain = TandemProcess.Run([.. arguments, _folder["plain"]]);
        Assert.True(plain.ExitCode == 0, plain.Error);
        var ranked = TandemProcess.Run([.. arguments, _folder["ranked"], "--chat", file]);
        Assert.True(ranked.ExitCode == 0, ranked.Error);
        Assert.Contains("0 lists as they were retrieved", ranked.Error, StringComparison.Ordinal);
        Assert.True(server.Calls > 0);
        Assert.NotEqual(CloudRow(plain), CloudRow(ranked));

        static string CloudRow(TandemProcess simulated) => simulated.Json.GetProperty("rows").EnumerateArray()
            .First(row => row.GetProperty("mode").GetString() == "cloud").GetProperty("ndcg@10").ToString();
    }

    [Fact]
    public void What_cannot_be_used_is_told_in_one_line()
    {
        var server = new ChatServerOptions { Kind = ChatServerKind.OpenAI, Endpoint = new("https://llm.example/v1") };
        var (run, file) = (Train(), Write(server, """ "retries": 0 """));
        Assert.Contains("cannot be read", Serving(run, "--chat", _folder["none"]), StringComparison.Ordinal);
        Assert.Contains("--deadline", Serving(run, "--chat", file, "--deadline", "2"), StringComparison.Ordinal);
        var keyed = Write(server with { KeyVariable = "TANDEM_NO_SUCH_KEY" }, """ "retries": 0 """);
        Assert.Contains("TANDEM_NO_SUCH_KEY is not set", Serving(run, "--chat", keyed), StringComparison.Ordinal);
        Write(server, """ "retries": 0 """); // one file, as it was
        var untitled = _folder["untitled"];
        TandemProcess.Run("train", "popularity", "--data", _folder.WriteRing(), "--run", untitled);
        Assert.Contains("neither titles nor categories", Serving(untitled, "--chat", file), StringComparison.Ordinal);
        Assert.Contains("give one as --cloud", Simulating("--chat", file), StringComparison.Ordinal);
        Assert.Contains("tandem serve --chat", Simulating("--chat", file, "--cloud", "http://localhost:1"), StringComparison.Ordinal);
        Assert.Contains("leave --lists or --chat out", Simulating("--chat", file, "--cloud", run, "--lists", _folder["lists"]),
            StringComparison.Ordinal);

        string Serving(params string[] arguments) =>
            TandemProcess.Run(["serve", "--store", $"sqlite:{_folder["store.db"]}", .. arguments]).RefusedWith();
        string Simulating(params string[] arguments) =>
            TandemProcess.Run(["simulate", "--data", WriteTitledRing(), .. arguments]).RefusedWith();
    }

    private string Train()
    {
        var trained = TandemProcess.Run("train", "popularity", "--data", WriteTitledRing(), "--run", _folder["cloud"]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        return _folder["cloud"];
    }

    private string WriteTitledRing()
    {
        var raw = Directory.CreateDirectory(_folder["titled"]).FullName;
        var (ring, titled) = (Path.Combine(_folder.WriteRing(), "sequences.txt"), Path.Combine(raw, "sequences.txt"));
        File.Copy(ring, titled, overwrite: true);
        File.WriteAllLines(Path.Combine(raw, "items.tsv"), [
            "item\ttitle\tcategories", .. Enumerable.Range(1, 40).Select(item => $"{item}\tFilm {item:00}\t")]);
        return raw;
    }

    private string Write(ChatServerOptions server, string settings)
    {
        var key = server.KeyVariable is null ? "" : $", \"keyVariable\": \"{server.KeyVariable}\"";
        return _folder.Write("chat.json", $$"""
            { "model": "stub", "server": { "kind": "{{server.Kind}}", "endpoint": "{{server.Endpoint}}"{{key}} }, {{settings}} }
            """);
    }

    private static async Task<JsonElement> ListAsync(HttpClient client, int count, params string[] keys)
    {
        var body = JsonSerializer.Serialize(new { keys = keys.Length > 0 ? keys : _keys, count });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("v1/candidates", content, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private Process Serve(string run, out Uri address, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "tandem.dll"), "serve", run, "--store", $"sqlite:{_folder["store.db"]}",
                "--urls", "http://127.0.0.1:0", "--json", .. options,
            ])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        address = new(JsonDocument.Parse(process.StandardOutput.ReadLine()!).RootElement.GetProperty("urls")[0].GetString()!);
        return process;
    }
}
