using Tandem.Data;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Tests.Language;

namespace Tandem.Learning.Tests.Collaboration;

public sealed class PopularCandidatesTests : CandidateGeneratorContract
{
    private static readonly int[][] _training = [[3, 7, 3], [7, 7, 2], [2, 9]];

    internal override ICandidateGenerator Create() =>
        new PopularCandidates(Catalog, TrainingSequences.Of(ToyCatalog.Items, _training));

    [Fact]
    public async Task The_most_often_seen_come_first_and_of_equals_the_smaller_number()
    {
        var list = Assert.Single(await Create().GenerateAsync([Request(count: 6)], TestContext.Current.CancellationToken));
        Assert.Equal([7, 2, 3, 9, 1, 4], list.Items);
    }

    [Fact]
    public async Task Scores_are_the_logarithms_of_shares_that_sum_to_1()
    {
        var list = Assert.Single(await Create().GenerateAsync([Request(count: ToyCatalog.Items)], TestContext.Current.CancellationToken));
        Assert.Equal(1, list.Scores.Sum(s => Math.Exp(s)), tolerance: 1e-4);
        Assert.Equal(Math.Log(4.0 / (8 + ToyCatalog.Items)), list.Scores[0], tolerance: 1e-6);
    }
}
