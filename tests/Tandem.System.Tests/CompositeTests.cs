using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Several models as one, and what may be a member.</summary>
public sealed class CompositeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public CompositeTests() => _data = _folder.WriteRing();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_and_models_join_are_kept_and_make_lists()
    {
        var (member, run) = (Train("cooccurrence", "member"), _folder["run"]);
        string[] train = ["train", "composite", "--data", _data, "--member", member, "--member", "popularity", "--threads", "1"];
        var trained = TandemProcess.Run([.. train, "--run", run, "--json"]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        var result = trained.Json;
        Assert.True(result.GetProperty("test").GetProperty("recall@10").GetDouble() > 0.95);
        Assert.True(result.GetProperty("testUnmasked").GetProperty("recall@10").GetDouble() > 0.95);
        var members = result.GetProperty("composite").GetProperty("members").EnumerateArray().ToArray();
        Assert.Equal(["member", "popularity"], members.Select(one => one.GetProperty("name").GetString()));
        Assert.True(members[0].GetProperty("alone").GetDouble() > members[1].GetProperty("alone").GetDouble());
        Assert.True(members[0].GetProperty("weight").GetDouble() > 0);
        Assert.Equal(
            result.GetProperty("validation").GetDouble(), result.GetProperty("composite").GetProperty("validation").GetDouble());

        var evaluated = TandemProcess.Run("evaluate", run, "--json");
        Assert.Equal(result.GetProperty("test").GetRawText(), evaluated.Json.GetProperty("test").GetRawText());
        var simulated = TandemProcess.Run(
            "simulate", "--data", _data, "--list", "10", "--device-epochs", "4", "--threads", "1", "--cloud", run, "--run", _folder["loop"],
            "--json");
        Assert.True(simulated.ExitCode == 0, simulated.Error);

        // Trained again, the member is another model: the weight was not chosen for it.
        Directory.Delete(member, recursive: true);
        Train("cooccurrence", "member", "--set", "maxLag=1");
        Assert.Contains("member 'member' was trained again", TandemProcess.Run("evaluate", run).RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_is_trained_beside_others_is_trained_once()
    {
        var run = _folder["run"];
        string[] train =
        [
            "train", "composite", "--data", _data, "--threads", "1", "--run", run, "--json", "--set",
            """
            members=[{"model":"gru4rec","settings":{"backbone":{"width":8},"training":{"epochs":1}}},{"name":"next","model":"cooccurrence"}]
            """,
        ];
        var trained = TandemProcess.Run(train);
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.True(File.Exists(Path.Combine(run, "members", "gru4rec", "model.safetensors")));
        Assert.True(File.Exists(Path.Combine(run, "members", "next", "model.safetensors")));
        var again = TandemProcess.Run(train);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.DoesNotContain("epoch", again.Error, StringComparison.Ordinal);
        Assert.Equal(trained.Json.GetProperty("test").GetRawText(), again.Json.GetProperty("test").GetRawText());
    }

    [Fact]
    public void Titles_alone_recommend_and_take_part()
    {
        var raw = Directory.CreateDirectory(_folder["titled"]).FullName;
        File.WriteAllLines(Path.Combine(raw, "sequences.txt"), Enumerable.Range(0, 60).Select(u =>
            $"{u + 1} " + string.Join(' ', Enumerable.Range(0, 6).Select(t => u % 4 * 10 + (u / 4 + t * 3) % 10 + 1))));
        File.WriteAllLines(
            Path.Combine(raw, "items.tsv"),
            Enumerable.Range(0, 40).Select(i => $"{i + 1}\tsort{i / 10} article{i}\t").Prepend("item\ttitle\tcategories"));
        var trained = TandemProcess.Run(
            "train", "text", "--data", raw, "--set", "source.encoder=tfidf", "--run", _folder["text"], "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.True(trained.Json.GetProperty("test").GetProperty("recall@10").GetDouble() > 0.95); // ten of a kind, of which it knows which
        var composite = TandemProcess.Run(
            "train", "composite", "--data", raw, "--member", _folder["text"], "--member", "popularity", "--run", _folder["run"], "--json");
        Assert.True(composite.ExitCode == 0, composite.Error);
        var without = TandemProcess.Run(
            "train", "text", "--data", _data, "--set", "source.encoder=tfidf", "--run", _folder["none"]);
        Assert.Contains("none of the 40 items has a title", without.RefusedWith(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_a_member_is_refused_in_one_line()
    {
        var member = Train("popularity", "member");
        Assert.Contains("no members; name runs or models with --member", Refusal(), StringComparison.Ordinal);
        Assert.Contains("no model is called 'popularty'", Refusal("--member", "popularty"), StringComparison.Ordinal);
        Assert.Contains(
            "two members are called 'popularity'", Refusal("--member", "popularity", "--member", "popularity"), StringComparison.Ordinal);
        Assert.Contains("no training run", Refusal("--member", _data), StringComparison.Ordinal);
        Assert.Contains(
            "cannot be trained under loo-refit", Refusal("--member", member, "--protocol", "loo-refit"), StringComparison.Ordinal);
        Assert.Contains(
            "was trained under loo, the composite is under ratio", Refusal("--member", member, "--protocol", "ratio-3-2-5"),
            StringComparison.Ordinal);
        Assert.Contains("items numbered by seed 1", Refusal("--member", member, "--seed", "2"), StringComparison.Ordinal);
        Assert.Contains("give --repeats to both or neither", Refusal("--member", member, "--repeats"), StringComparison.Ordinal);
        Assert.Contains(
            "'popularity' is made of no other models",
            TandemProcess.Run("train", "popularity", "--data", _data, "--member", member).RefusedWith(), StringComparison.Ordinal);
    }

    private string Refusal(params string[] options) =>
        TandemProcess.Run(["train", "composite", "--data", _data, "--run", _folder["refused"], .. options]).RefusedWith();

    private string Train(string model, string name, params string[] options)
    {
        var trained = TandemProcess.Run(["train", model, "--data", _data, "--run", _folder[name], .. options]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        return _folder[name];
    }
}
