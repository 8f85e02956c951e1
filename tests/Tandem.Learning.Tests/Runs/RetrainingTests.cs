using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Runs;

/// <summary>The served model knows that i + 1 comes after i; what is reported may follow another rule.</summary>
public sealed class RetrainingTests : IDisposable
{
    private const int Users = 120, Items = 24, Reported = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly SequenceDataset _before = ToySequences.Cycle(Users, Items, minEvents: 6, maxEvents: 8);

    public RetrainingTests()
    {
        var settings = ModelKinds.Find("sasrec").Defaults();
        RecipeJson.Set(settings, "training.epochs", "15");
        RecipeJson.Set(settings, "backbone.width", "16");
        TrainingRun.Start(
            new() { Model = "sasrec", MaskSeen = false, Settings = settings }, SplitProtocol.Create("loo", _before),
            RunFolder.Choose(_folder["served"], "train", "served"), Unwatched.Instance, cancel: Cancel);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_that_learned_what_has_changed_passes_and_is_a_run_like_any_other()
    {
        var result = Retrain("served", "new", Following(step: 5));
        Assert.True(result.Passes, result.Reason);
        Assert.True(result.Comparison!.First > result.Comparison.Second + 0.2, result.Reason);
        Assert.Equal(Users * Reported, result.Learned + result.Held);
        Assert.Equal(Users * Reported / 5, result.Held);
        Assert.True(File.Exists(_folder[$"new/{TrainingJob.WeightsFile}"]));
        var kept = DatasetFolder.Read(_folder["new/dataset"]);
        Assert.Equal(_before.Catalog.Version, kept.Catalog.Version);
        Assert.Equal(_before.Interactions + result.Learned, kept.Interactions);

        // Trained once more, it grows from the same data again: whose events are gone by then is in no later model.
        var erased = _before.UserKeys[3];
        Retrain("new", "newer", [.. Following(step: 5).Where(e => e.User != erased)]);
        Assert.Equal(_before.Sequence(3).ToArray(), DatasetFolder.Read(_folder["newer/dataset"]).Sequence(3).ToArray());
    }

    [Fact]
    public void A_model_that_learned_nothing_of_use_does_not_pass()
    {
        var random = NamedSeed.Create(1, "reported");
        var result = Retrain("served", "new", [.. Following(step: 1).Select(e => e with { Item = $"item-{random.Next(1, Items + 1)}" })]);
        Assert.False(result.Passes, result.Reason);
        Assert.Contains("below the gate", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_too_little_to_judge_by_nothing_passes()
    {
        var events = Following(step: 5);
        var few = Retrain("served", "few", [.. events.Take(Users), events[0] with { Item = "not known" }]);
        Assert.False(few.Passes);
        Assert.Null(few.Comparison);
        Assert.Contains("fewer than 100 users", few.Reason, StringComparison.Ordinal);
        Assert.Equal(1, few.LeftOut);
        var none = Assert.Throws<RunException>(() => Retrain("served", "none", [events[0]]));
        Assert.Contains("too few to learn some and hold others", none.Message, StringComparison.Ordinal);
    }

    private RetrainingResult Retrain(string served, string run, IReadOnlyList<Interaction> events) => Retraining.Start(
        _folder[served], events, RunFolder.Choose(_folder[run], "train", run), new() { Held = 0.2 }, Unwatched.Instance, Cancel);

    /// <summary>Users in turn, each going on from where it stood.</summary>
    private Interaction[] Following(int step) =>
    [
        .. Enumerable.Range(1, Reported).SelectMany(round => Enumerable.Range(0, Users).Select(user =>
        {
            var item = (_before.Sequence(user)[^1] - 1 + round * step) % Items + 1;
            return new Interaction(_before.UserKeys[user], $"item-{item}", 1_700_000_000 + round, 1);
        })),
    ];
}
