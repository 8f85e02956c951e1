using System.Text.Json;
using CsCheck;
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
    public void Precision_and_average_precision_worked_by_hand()
    {
        // Ranks 1, 3, 12: precision 1/1, 2/3 and, beyond five places, 3/12.
        var metrics = new RankingMetrics([[3, 12, 1]]);
        Assert.Equal(2 / 5.0, metrics.Precision(5), 1e-15);
        Assert.Equal((1 + 2 / 3.0) / 3, metrics.Map(5), 1e-15);
        Assert.Equal((1 + 2 / 3.0 + 3 / 12.0) / 3, metrics.Map(12), 1e-15);
        Assert.Equal((1 + 2 / 3.0) / 3, metrics.Map(3), 1e-15);
        Assert.Equal(1 / 2.0, metrics.Map(2), 1e-15);
    }

    [Fact]
    public void With_one_target_average_precision_is_the_reciprocal_rank()
    {
        var metrics = new RankingMetrics([1, 3, 7.5, 40]);
        Assert.Equal(metrics.MrrByUser(10), metrics.MapByUser(10));
        Assert.Equal([0.1, 0.1, 0.1, 0], metrics.PrecisionByUser(10));
    }

    // Two relevant items alone at the top: however the tie is broken, both places are hits.
    [Fact]
    public void Relevant_items_that_tie_never_exceed_a_precision_of_one()
    {
        Assert.Equal(1, new RankingMetrics([[1.5, 1.5]]).Map(5));
        Assert.Equal(0.75, new RankingMetrics([[2, 2]]).Map(5));
    }

    [Fact]
    public void The_area_under_a_users_curve_worked_by_hand()
    {
        // Of 5 items two are relevant, at ranks 1 and 4: three others, the second relevant item is behind two of them.
        Assert.Equal(4 / 6.0, new RankingMetrics([[4, 1]]).AucByUser([5]).Single(), 1e-15);
        Assert.Equal([1, 0], new RankingMetrics([1, 10]).AucByUser([10, 10]));
        Assert.Equal([0.5], new RankingMetrics([5.5]).AucByUser([10], TieRule.Half));
    }

    [Fact]
    public void Candidates_that_do_not_fit_the_ranks_are_refused()
    {
        Assert.Contains("user 0", Assert.Throws<ArgumentException>(() => new RankingMetrics([7]).AucByUser([6])).Message);
        Assert.Throws<ArgumentException>(() => new RankingMetrics([1]).AucByUser([1]));
        Assert.Throws<ArgumentException>(() => new RankingMetrics([1, 1]).AucByUser([5]));
    }

    [Theory]
    [InlineData(TieRule.Pessimistic)]
    [InlineData(TieRule.Half)]
    public void Ranks_and_pairs_give_the_same_area(TieRule ties) => RandomScores.Cases.Sample(test =>
    {
        var ranks = Enumerable.Range(0, test.Scores.Length).Where(i => test.Relevant[i]).Select(i => Ranking.Rank(test.Scores, i, ties))
            .ToArray();
        var area = new RankingMetrics([ranks]).AucByUser([test.Scores.Length], ties).Single();
        Assert.Equal(RandomScores.ShareOfPairs(test.Scores, test.Relevant, ties), area, 1e-12);
    });

    [Fact]
    public void Average_precision_equals_a_walk_down_the_list() => RandomScores.Cases.Sample(test =>
    {
        var scores = test.Scores.Select((score, i) => score + i * 1e-3f).ToArray(); // no ties
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ToArray();
        var ranks = order.Select((item, i) => (item, Rank: i + 1.0)).Where(place => test.Relevant[place.item]).Select(place => place.Rank);
        for (var k = 1; k <= scores.Length; k++)
        {
            var (hits, sum) = (0, 0.0);
            for (var place = 1; place <= k; place++)
                if (test.Relevant[order[place - 1]]) sum += ++hits / (double)place;
            var metrics = new RankingMetrics([ranks.Reverse().ToArray()]);
            Assert.Equal(sum / Math.Min(k, test.Relevant.Count(r => r)), metrics.Map(k), 1e-12);
            Assert.Equal(hits / (double)k, metrics.Precision(k), 1e-12);
        }
    });

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
            AssertAreasAgree(expected.GetProperty("mean"), scores, relevant, ranks, ties);
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

    private static void AssertAreasAgree(JsonElement expected, float[][] scores, int[][] relevant, double[][] ranks, TieRule ties)
    {
        var flags = scores.Select((row, user) => row.Select((_, item) => relevant[user].Contains(item)).ToArray()).ToArray();
        var byUser = new RankingMetrics(ranks).AucByUser([.. scores.Select(row => row.Length)], ties);
        Assert.Equal(expected.GetProperty("auc_user").GetDouble(), byUser.Average(), 1e-12);
        Assert.Equal(byUser, scores.Select((row, user) => AreaUnderCurve.Of(row, flags[user], ties)), (a, b) => Math.Abs(a - b) < 1e-12);
        var pooled = AreaUnderCurve.Of([.. scores.SelectMany(row => row)], [.. flags.SelectMany(row => row)], ties);
        Assert.Equal(expected.GetProperty("auc_pooled").GetDouble(), pooled, 1e-12);
    }
}
