using System.Text.Json;
using Tandem.Data.Metrics;
using Tandem.Tests;

namespace Tandem.Data.Tests.Metrics;

public class RankingMetricsTests
{
    [Fact]
    public void One_target_per_user_worked_by_hand()
    {
        var metrics = new RankingMetrics([1, 3, 7.5]);
        Assert.Equal(2 / 3.0, metrics.Recall(5), 1e-15);
        Assert.Equal((1 + 0.5) / 3, metrics.Ndcg(5), 1e-15);
        Assert.Equal((1 + 1 / 3.0) / 3, metrics.Mrr(5), 1e-15);
        Assert.Equal((1 + 1 / 3.0 + 1 / 7.5) / 3, metrics.Mrr(), 1e-15);
        Assert.Equal([1, 1, 0], metrics.RecallByUser(5));
        Assert.Equal([1, 0.5, 0], metrics.NdcgByUser(5));
    }

    [Fact]
    public void Several_relevant_items_worked_by_hand()
    {
        // Ranks 1 and 3 of three relevant items: gain 1 + 1/2, best 1 + 1/log2(3) + 1/2.
        var metrics = new RankingMetrics([[3, 12, 1]]);
        Assert.Equal(2 / 3.0, metrics.Recall(5), 1e-15);
        Assert.Equal(1.5 / (1.5 + 1 / Math.Log2(3)), metrics.Ndcg(5), 1e-15);
        Assert.Equal(1, metrics.Mrr());
        Assert.Equal(1, metrics.Ndcg(1), 1e-15);
    }

    [Fact]
    public void A_rank_beyond_k_scores_nothing()
    {
        var metrics = new RankingMetrics([6]);
        Assert.Equal((0, 0, 0), (metrics.Recall(5), metrics.Ndcg(5), metrics.Mrr(5)));
    }

    [Fact]
    public void Faulty_ranks_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RankingMetrics(Array.Empty<double>()));
        Assert.Throws<ArgumentException>(() => new RankingMetrics([0.5]));
        Assert.Throws<ArgumentException>(() => new RankingMetrics([double.NaN]));
        Assert.Contains("user 1", Assert.Throws<ArgumentException>(() => new RankingMetrics([[1], []])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RankingMetrics([1]).Recall(0));
    }

    // The expected numbers are printed with 13 digits: hence 1e-12.
    [Theory]
    [InlineData(TieRule.Pessimistic, "pessimistic")]
    [InlineData(TieRule.Half, "half")]
    public void All_golden_cases_agree(TieRule ties, string rule)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Require("golden/metrics/metrics.json")));
        var cutoffs = golden.RootElement.GetProperty("k").Deserialize<int[]>()!;
        var cases = golden.RootElement.GetProperty("cases").EnumerateArray().ToArray();
        Assert.Equal(100, cases.Length);
        foreach (var test in cases)
        {
            var scores = test.GetProperty("scores").Deserialize<float[][]>()!;
            var relevant = test.GetProperty("relevant").Deserialize<int[][]>()!;
            var expected = test.GetProperty(rule);
            var ranks = relevant.Select((items, user) => Array.ConvertAll(items, item => Ranking.Rank(scores[user], item, ties))).ToArray();
            Assert.Equal(expected.GetProperty("ranks").Deserialize<double[][]>()!, ranks);

            AssertAgrees(expected.GetProperty("mean"), cutoffs, new RankingMetrics(ranks));
            if (test.GetProperty("single_relevant").GetBoolean())
                AssertAgrees(expected.GetProperty("mean"), cutoffs, new RankingMetrics(ranks.Select(r => r.Single())));
        }
    }

    private static void AssertAgrees(JsonElement expected, int[] cutoffs, RankingMetrics metrics)
    {
        foreach (var k in cutoffs)
        {
            Assert.Equal(expected.GetProperty($"recall@{k}").GetDouble(), metrics.Recall(k), 1e-12);
            Assert.Equal(expected.GetProperty($"ndcg@{k}").GetDouble(), metrics.Ndcg(k), 1e-12);
            Assert.Equal(expected.GetProperty($"mrr@{k}").GetDouble(), metrics.Mrr(k), 1e-12);
        }
        Assert.Equal(expected.GetProperty("mrr").GetDouble(), metrics.Mrr(), 1e-12);
    }
}
