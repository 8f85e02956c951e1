using Tandem.Data.Evaluation;

namespace Tandem.Data.Tests.Evaluation;

public class RankMetricTests
{
    [Theory]
    [InlineData("recall@5", 1, 0)]
    [InlineData("ndcg@5", 0.5, 0)]
    [InlineData("mrr", 1 / 3.0, 1 / 8.0)]
    [InlineData("mrr@5", 1 / 3.0, 0)]
    [InlineData("precision@5", 0.2, 0)]
    [InlineData("map@10", 1 / 3.0, 1 / 8.0)]
    [InlineData("auc@5", 0.6, 0)]
    public void A_name_measures_ranks(string name, double ofThree, double ofEight)
    {
        var metric = RankMetric.Find(name)!;
        Assert.Equal(name, metric.Name);
        Assert.Equal([ofThree, ofEight], metric.OfEvents([3, 8]));
    }

    [Theory]
    [InlineData("recall@1000000")]
    [InlineData("ndcg@1000000")]
    [InlineData("mrr")]
    [InlineData("mrr@2147483647")]
    [InlineData("precision@1000000")]
    [InlineData("map@1000000")]
    [InlineData("auc@1000000")]
    public void A_target_that_no_list_can_hold_gains_nothing_at_any_depth(string name) =>
        Assert.Equal([0], RankMetric.Find(name)!.OfEvents([double.PositiveInfinity]));

    [Theory]
    [InlineData("")]
    [InlineData("ndcg")]
    [InlineData("ndcg@")]
    [InlineData("ndcg@0")]
    [InlineData("ndcg@-1")]
    [InlineData("ndcg@x")]
    [InlineData("ndcg@10@10")]
    [InlineData("NDCG@10")]
    [InlineData("hits@10")]
    public void An_unknown_name_is_not_found(string name) => Assert.Null(RankMetric.Find(name));
}
