using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Learning.Training;
using Tandem.Learning.Training.Search;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Training.Search;

public sealed class SuccessiveHalvingTests : IDisposable
{
    private static readonly SuccessiveHalvingOptions _options = new() { Configurations = 9, Epochs = 9, Seed = 1 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_best_of_each_rung_go_on_and_the_best_of_the_last_wins()
    {
        var calls = new List<(double X, int Epochs)>();
        var result = Search("tune", (settings, _, epochs, _) =>
        {
            calls.Add((X(settings), epochs));
            return X(settings);
        });
        var drawn = calls.Take(9).Select(c => c.X).ToArray();
        var best = drawn.OrderDescending().ToArray();
        Assert.Equal(best[..3].Order(), calls[9..12].Select(c => c.X).Order());
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 9], calls.Select(c => c.Epochs));
        Assert.Equal(best[0], calls[^1].X);
        Assert.Equal((best[0], 3), (result.Best.Validation, result.Best.Rungs.Count));
        Assert.Equal(best[0], (double)result.Settings["model"]!["x"]!);
        Assert.True(JsonNode.DeepEquals(result.Settings, JsonNode.Parse(File.ReadAllText(_folder["tune/best.json"]))));
    }

    [Fact]
    public void A_trial_keeps_its_folder_over_the_rungs()
    {
        Search("tune", (settings, folder, epochs, _) =>
        {
            File.AppendAllText(Path.Combine(folder, "epochs"), $"{epochs} ");
            return X(settings);
        });
        var marks = Directory.GetDirectories(_folder["tune"]).Select(d => File.ReadAllText(Path.Combine(d, "epochs"))).ToArray();
        Assert.Equal(9, marks.Length);
        Assert.Equal((6, 2, 1), (marks.Count(m => m == "1 "), marks.Count(m => m == "1 3 "), marks.Count(m => m == "1 3 9 ")));
    }

    [Fact]
    public void The_late_bloomer_is_lost_and_the_winner_is_judged_by_its_last_rung()
    {
        var result = Search("tune", (settings, _, epochs, _) => epochs == 9 ? 1 - X(settings) : X(settings));
        Assert.Equal(3, result.Best.Rungs.Count);
        Assert.True(result.Best.Validation < result.Trials.Max(t => t.ValidationAt(0)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(12)]
    public void A_search_cut_off_after_any_trial_ends_as_one_that_was_not(int trials)
    {
        static double Value(JsonObject settings, int epochs) => X(settings) * Math.Sqrt(epochs);
        var whole = Search("whole", (settings, _, epochs, _) => Value(settings, epochs));
        var calls = 0;
        Assert.Throws<OperationCanceledException>(() => Search("cut", (settings, _, epochs, _) =>
            calls++ == trials ? throw new OperationCanceledException() : Value(settings, epochs)));
        var later = 0;
        var resumed = Search("cut", (settings, _, epochs, _) =>
        {
            later++;
            return Value(settings, epochs);
        });
        Assert.Equal(13 - trials, later);
        Assert.Equal(Texts(whole), Texts(resumed));
        Assert.Equal(File.ReadAllText(_folder["whole/best.json"]), File.ReadAllText(_folder["cut/best.json"]));
    }

    [Fact]
    public void A_finished_search_is_read_back_without_a_trial()
    {
        var first = Search("tune", (settings, _, _, _) => X(settings));
        var again = Search("tune", (_, _, _, _) => throw new InvalidOperationException("trained again"));
        Assert.Equal(Texts(first), Texts(again));
    }

    [Fact]
    public void A_failed_trial_is_recorded_and_goes_no_further()
    {
        var result = Search("tune", (settings, folder, _, _) => folder.EndsWith("004", StringComparison.Ordinal)

                ? throw new TrainingException("loss is NaN at epoch 1")
                : folder.EndsWith("005", StringComparison.Ordinal) ? double.NaN : X(settings));
        var rung = Assert.Single(result.Trials[4].Rungs);
        Assert.Equal((null, "loss is NaN at epoch 1"), (rung.Validation, rung.Failure));
        Assert.Equal(double.NegativeInfinity, result.Trials[4].Validation);
        Assert.Equal("the validation is NaN", Assert.Single(result.Trials[5].Rungs).Failure);
        Assert.Contains("loss is NaN at epoch 1", File.ReadAllText(_folder["tune/trials.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finalist_that_fails_in_the_end_is_not_the_best()
    {
        var result = Search("tune", (settings, _, epochs, _) => epochs == 9 ? throw new TrainingException("diverged") : X(settings));
        Assert.Equal(2, result.Best.Rungs.Count);
        Assert.Equal(result.Trials.Select(t => t.ValidationAt(0)).Order().ToArray()[^2], result.Best.Validation);
    }

    [Fact]
    public void A_search_without_a_success_says_why()
    {
        var e = Assert.Throws<SearchException>(
            () => Search("tune", (_, _, _, _) => throw new TrainingException("width 48 is not divisible by 5 heads")));
        Assert.Contains("all 9 trials failed, the first with: width 48 is not divisible", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_that_is_not_of_the_settings_ends_the_search() =>
        Assert.Throws<IOException>(() => Search("tune", (_, _, _, _) => throw new IOException("no space left")));

    [Fact]
    public void A_folder_of_another_search_is_refused()
    {
        Search("tune", (settings, _, _, _) => X(settings));
        foreach (var (options, subject, difference) in new[]
        {
            (_options with { Seed = 2 }, "data", "options.seed: it has 1, the command 2"),
            (_options with { Epochs = 27 }, "data", "options.epochs: it has "),
            (_options, "other data", "subject: it has data, the command other data"),
        })
        {
            var e = Assert.Throws<SearchException>(() => Search("tune", (settings, _, _, _) => X(settings), options, subject));
            Assert.Contains($"holds another search ({difference}", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_or_missing_list_of_trials_is_refused()
    {
        Search("tune", (settings, _, _, _) => X(settings));
        var path = _folder["tune/trials.json"];
        File.WriteAllText(path, File.ReadAllText(path)[..100]);
        Assert.Contains("cannot be read", Refusal(), StringComparison.Ordinal);
        File.Delete(path);
        Assert.Contains("no trials.json", Refusal(), StringComparison.Ordinal);

        string Refusal() => Assert.Throws<SearchException>(() => Search("tune", (settings, _, _, _) => X(settings))).Message;
    }

    /// <summary>
    /// Thirty seeds of an objective that rises over the epochs to a height that depends on x, with noise that falls with them. Halving
    /// takes 9 · 1 + 3 · 2 + 1 · 6 = 21 epochs, three full trainings take 27.
    /// </summary>
    [Fact]
    public void Halving_finds_more_than_full_trainings_of_more_epochs_on_average()
    {
        static double Value(JsonObject settings, int epochs)
        {
            var noise = Math.Sin(1000 * X(settings)) * 0.05 / epochs;
            return (1 - Math.Pow(X(settings) - 0.7, 2)) * (1 - Math.Exp(-epochs / 3.0)) + noise;
        }

        var (halving, random) = (0.0, 0.0);
        for (var seed = 1; seed <= 30; seed++)
        {
            var found = Search($"tune-{seed}", (settings, _, epochs, _) => Value(settings, epochs), _options with { Seed = seed });
            halving += found.Best.Validation;
            random += Search(
                $"random-{seed}", (settings, _, epochs, _) => Value(settings, epochs),
                _options with { Seed = seed, Configurations = 3, LeastEpochs = 9 }).Best.Validation;
        }

        Assert.True(halving / 30 > random / 30, string.Create(CultureInfo.InvariantCulture, $"{halving / 30} against {random / 30}"));
    }

    private static double X(JsonObject settings) => (double)settings["model"]!["x"]!;

    private static string[] Texts(SearchResult result) =>
        [.. result.Trials.Select(t => $"{t.Number} {t.Overrides.ToJsonString()} "
            + $"{string.Join(' ', t.Rungs.Select(r => (r.Epochs, r.Validation, r.Failure)))}")];

    private SearchResult Search(string folder, TrainToRung train, SuccessiveHalvingOptions? options = null, string subject = "data")
    {
        var space = SearchSpace.Parse("""{ "model.x": { "linear": [0, 1] } }""", "space.json");
        var recipe = (JsonObject)JsonNode.Parse("""{ "model": { "x": 0.5, "y": 1 } }""")!;
        return new SuccessiveHalving(space, options ?? _options, recipe, subject, _folder[folder], train).Run(
            TestContext.Current.CancellationToken);
    }
}
