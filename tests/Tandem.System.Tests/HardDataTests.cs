using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>Data, and weights, on which an evaluation has little or nothing to measure.</summary>
public sealed class HardDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Models => ["sasrec", "gru4rec", "hstu", "ttt", "din", "popularity", "cooccurrence", "itemknn", "ease"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Where_every_user_has_every_item_nothing_is_trained_unless_seen_items_are_ranked(string model)
    {
        var raw = Raw(Enumerable.Range(1, 6).Select(user => $"{user} 7 7 7 7"));
        string[] epochs = model is "popularity" or "cooccurrence" or "itemknn" or "ease" ? [] : ["--epochs", "1"];
        string[] train = ["train", model, "--data", raw, "--threads", "1", "--run", _folder["run"], .. epochs];
        Assert.Contains(
            "every test user has the only item already; nothing is left to rank; use --repeats", TandemProcess.Run(train)
                .RefusedWith(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));

        var ranked = TandemProcess.Run([.. train, "--repeats", "--json"]);
        Assert.True(ranked.ExitCode == 0, ranked.Error);
        Assert.Equal((1, 6), (Metric(ranked, "recall@10"), ranked.Json.GetProperty("targetsInHistory").GetInt32()));
        Assert.DoesNotContain("warning", ranked.Error, StringComparison.Ordinal);
        Assert.Equal(0, TandemProcess.Run("evaluate", _folder["run"], "--threads", "1").ExitCode);
    }

    [Fact]
    public void A_search_and_a_simulation_on_such_data_are_refused_before_they_train()
    {
        var raw = Raw(Enumerable.Range(1, 6).Select(user => $"{user} 7 8 7 8 7 8"));
        var space = _folder.Write("space.json", """{ "backbone.width": { "values": [16, 32] } }""");
        Assert.Contains(
            "every validation user has all 2 items already", TandemProcess.Run("tune", "sasrec", "--data", raw, "--space", space, "--run",
                _folder["tune"]).RefusedWith(), StringComparison.Ordinal);
        Assert.Contains("every test user has all 2 items already",
            TandemProcess.Run("simulate", "--data", raw, "--run", _folder["loop"]).RefusedWith(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["tune"]) || Directory.Exists(_folder["loop"]));
    }

    // Eight items, one of them never seen: the masked target would have rank 9, within ten.
    [Fact]
    public void A_target_that_is_left_out_is_a_miss_in_a_catalogue_shorter_than_the_list()
    {
        var raw = Raw([.. Enumerable.Range(1, 20).Select(user => $"{user} 1 2 3 4 5 6 7 {user % 7 + 1}"), "21 8 1"]);
        Assert.Equal(0, TandemProcess.Run("train", "popularity", "--data", raw, "--run", _folder["run"]).ExitCode);
        var evaluated = TandemProcess.Run("evaluate", _folder["run"], "--json");
        foreach (var metric in new[] { "recall@10", "recall@50", "ndcg@10", "ndcg@50", "mrr", "precision@10", "map@10", "auc" })
            Assert.Equal(0, Metric(evaluated, metric));
        var sampled = TandemProcess.Run("evaluate", _folder["run"], "--sampled", "3", "--json");
        Assert.Equal(0, Metric(sampled, "recall@10"));
        var compared = TandemProcess.Run("compare", _folder["run"], _folder["run"], "--metric", "recall@50", "--json").Json;
        Assert.Equal(0, compared.GetProperty("first").GetDouble());
    }

    [Fact]
    public void Targets_of_the_history_are_counted_and_said()
    {
        // Users walk a ring of 30 items; the last event of one in four repeats the one before it.
        var raw = Raw(Enumerable.Range(0, 40).Select(
            u => $"{u + 1} " + string.Join(' ', Enumerable.Range(0, 9).Select(t => (u * 7 + (t == 8 && u % 4 == 0 ? 7 : t)) % 30 + 1))));
        const string warning =
            "10 of 40 test targets are in the user's history and count as misses; use --duplicates first at data prepare, or --repeats";
        var trained = TandemProcess.Run("train", "cooccurrence", "--data", raw, "--run", _folder["run"], "--json");
        Assert.Contains(warning, trained.Error, StringComparison.Ordinal);
        Assert.Equal(10, trained.Json.GetProperty("targetsInHistory").GetInt32());
        Assert.Contains("10 of 40 test targets are in the user", File.ReadAllText(Path.Combine(_folder["run"], "report.html")),
            StringComparison.Ordinal);

        var evaluated = TandemProcess.Run("evaluate", _folder["run"], "--json");
        Assert.Contains(warning, evaluated.Error, StringComparison.Ordinal);
        Assert.Equal(10, evaluated.Json.GetProperty("targetsInHistory").GetInt32());
        Assert.DoesNotContain("warning", TandemProcess.Run("evaluate", _folder["run"], "--repeats").Error, StringComparison.Ordinal);

        var without = TandemProcess.Run("train", "cooccurrence", "--data", _folder.WriteRing(), "--run", _folder["other"], "--json");
        Assert.DoesNotContain("warning", without.Error, StringComparison.Ordinal);
        Assert.Equal(0, without.Json.GetProperty("targetsInHistory").GetInt32());
    }

    [Fact]
    public void A_lift_over_users_of_whose_choices_nothing_is_known_is_left_out()
    {
        var raw = Directory.CreateDirectory(_folder["cold"]).FullName;
        var events = Enumerable.Range(0, 180).Select(i => $"u{i / 3},{(i / 3 < 48 ? "a" : "b")}{i % 9},{i / 3 * 1000 + i % 3}");
        File.WriteAllLines(Path.Combine(raw, "events.csv"), ["user,item,time", .. events]);
        var trained = TandemProcess.Run(
            "train", "popularity", "--data", raw, "--protocol", "global-time", "--run", _folder["run"], "--json");
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.False(trained.Json.GetProperty("test").TryGetProperty("popularityLift@10", out _));
        Assert.True(trained.Json.GetProperty("test").TryGetProperty("novelty@10", out _));
    }

    [Fact]
    public void Weights_that_are_no_finite_numbers_are_named()
    {
        string[] train = ["train", "sasrec", "--data", _folder.WriteRing(), "--epochs", "1", "--threads", "1", "--run", _folder["run"]];
        Assert.Equal(0, TandemProcess.Run(train).ExitCode);
        var path = Path.Combine(_folder["run"], "model.safetensors");
        var writer = new SafetensorsWriter();
        foreach (var (name, entry) in SafetensorsFile.Load(path).Tensors)
        {
            var values = entry.ToSingles();
            if (name == "items.weight") values[^1] = float.NaN;
            writer.Add<float>(name, values, entry.Shape.AsSpan());
        }

        writer.Save(path);
        var line = TandemProcess.Run("evaluate", _folder["run"]).RefusedWith();
        Assert.Contains(path, line, StringComparison.Ordinal);
        Assert.Contains("tensor 'items.weight' holds NaN or an infinity", line, StringComparison.Ordinal);
    }

    private static double Metric(TandemProcess process, string name)
    {
        Assert.True(process.ExitCode == 0, process.Error);
        return process.Json.GetProperty("test").GetProperty(name).GetDouble();
    }

    private string Raw(IEnumerable<string> lines)
    {
        var raw = Directory.CreateDirectory(_folder["raw"]).FullName;
        File.WriteAllLines(Path.Combine(raw, "sequences.txt"), lines);
        return raw;
    }
}
