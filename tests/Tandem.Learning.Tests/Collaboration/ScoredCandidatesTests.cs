using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Language;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class ScoredCandidatesTests : CandidateGeneratorContract
{
    private static readonly int[][] _training = [[3, 7, 3], [7, 7, 2], [2, 9]];

    internal override ICandidateGenerator Create() =>
        new ScoredCandidates(Popularity.Train(TrainingSequences.Of(ToyCatalog.Items, _training)), Catalog, "popularity, seed 1");

    [Fact]
    public async Task Items_stand_in_the_order_of_their_scores_with_the_logarithms_of_their_shares()
    {
        var list = Assert.Single(await Create().GenerateAsync([Request(count: ToyCatalog.Items)], TestContext.Current.CancellationToken));
        Assert.Equal([7, 2, 3, 9], list.Items.Take(4));
        Assert.Equal(1, list.Scores.Sum(score => Math.Exp(score)), tolerance: 1e-4);
    }
}
