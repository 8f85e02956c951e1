using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Baselines;

public sealed class PopularityTests : BaselineContract
{
    protected override PlantedPattern Pattern => PlantedPattern.Counts;

    [Fact]
    public void An_items_score_is_its_number_of_events_whatever_the_history()
    {
        int[][] training = [[3, 1, 3], [3, 4], []];
        var scorer = Popularity.Train(TrainingSequences.Of(5, training));
        foreach (var row in Score(scorer, [[], [2], [3, 3, 1]])) Assert.Equal([0, 1, 0, 3, 1, 0], row);
    }

    [Fact]
    public void A_negative_count_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        Save(Train(), path);
        var counts = new int[Pattern.Items + 1];
        counts[2] = -1;
        Rewrite(path, _ => { }, without: "counts", writer => writer.Add<int>("counts", counts, counts.Length));
        AssertRefused(path, "below 0");
    }

    internal override IItemScorer Train(TrainingSequences sequences) => Popularity.Train(sequences);

    internal override void Save(IItemScorer scorer, string path) => ((Popularity)scorer).Save(path);

    internal override IItemScorer Load(string path) => Popularity.Load(path);
}
