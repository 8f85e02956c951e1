using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Keys of items are any text, also such as a command line likes to read otherwise.</summary>
public sealed class RecommendTests : IDisposable
{
    private static readonly string[] _keys = ["@handle", "Hammer, Sickle", "a", "b", "a,b", "c,d", "-5", "[1]", "plain"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keys_are_taken_by_the_option_repeated_or_separated_and_by_a_file()
    {
        var run = Trained();
        var one = Recommend(run, "--history", "@handle,plain");
        Assert.Equal(one, Recommend(run, "--history", "@handle", "--history", "plain"));
        Assert.Equal(one, Recommend(run, "--history-file", _folder.Write("keys.txt", "@handle\nplain\n")));

        var commas = Recommend(run, "--history", "Hammer, Sickle", "--history", "c,d");
        Assert.Equal(commas, Recommend(run, "--history-file", _folder.Write("keys.txt", "Hammer, Sickle\r\nc,d")));
        Assert.DoesNotContain("Hammer, Sickle", commas);
        Assert.DoesNotContain("c,d", commas);
        Assert.DoesNotContain("a,b", Recommend(run, "--history-file", _folder.Write("keys.txt", "a,b\n")));
        foreach (var key in new[] { "-5", "[1]", "@handle" }) Assert.DoesNotContain(key, Recommend(run, "--history", key));
    }

    [Fact]
    public void What_cannot_be_a_history_is_refused_with_the_way_out()
    {
        var run = Trained();
        AssertRefused("'a,b' is one key, and so are its parts", "--history", "a,b");
        AssertRefused("no item has the key 'plian'; did you mean 'plain'?", "--history", "plian");
        AssertRefused("a key with a comma in it stands in a --history of its own", "--history", "plain,Hammer, Sickle");
        AssertRefused("keys.txt, line 2: no item has the key 'nothing like it'", "--history-file", _folder.Write(
            "keys.txt", "plain\nnothing like it\n"));
        AssertRefused("no such file", "--history-file", _folder["nowhere.txt"]);
        AssertRefused("give one of them", "--history", "a", "--history-file", _folder["keys.txt"]);
        foreach (var nothing in new string[][] { [], ["--history", ""], ["--history", ","],
            ["--history-file", _folder.Write("empty.txt", "\n")] })
        {
            AssertRefused("no item key; expected one at least", nothing);
        }

        void AssertRefused(string reason, params string[] history) =>
            Assert.Contains(reason, TandemProcess.Run(["recommend", run, .. history]).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_of_all_items_leaves_nothing_and_says_so()
    {
        var all = TandemProcess.Run(
            ["recommend", Trained(), "--json", "--history-file", _folder.Write("keys.txt", string.Join('\n', _keys))]);
        Assert.Equal((0, 0), (all.ExitCode, all.Json.GetProperty("items").GetArrayLength()));
        Assert.Contains("nothing is left to recommend", all.Error, StringComparison.Ordinal);
    }

    private static string[] Recommend(string run, params string[] history)
    {
        var recommended = TandemProcess.Run(["recommend", run, "-k", "20", "--json", .. history]);
        Assert.True(recommended.ExitCode == 0, recommended.Error);
        return [.. recommended.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()!)];
    }

    private string Trained()
    {
        var raw = Directory.CreateDirectory(_folder["raw"]).FullName;
        var events = Enumerable.Range(0, 300).Select(i => $"u{i / 5}\t{_keys[(i / 5 * 3 + i % 5) % _keys.Length]}\t{i}");
        File.WriteAllLines(Path.Combine(raw, "raw.inter"), ["user_id:token\titem_id:token\ttimestamp:float", .. events]);
        var trained = TandemProcess.Run("train", "sasrec", "--data", raw, "--epochs", "1", "--threads", "1", "--run", _folder["run"]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        return _folder["run"];
    }
}
