using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

public class FullRankingTests
{
    private const int Items = 50;
    private const int Users = 300; // more than two tiles
    private const int Window = 8;

    private static readonly int[] _seen = [4, 5, 6];
    private static readonly int[][] _histories = Histories();
    private static readonly int[] _targets = [.. Enumerable.Range(0, Users).Select(u => u * 7 % Items + 1)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ranks_equal_those_of_one_user_and_one_item_at_a_time(bool maskSeen)
    {
        using var model = Model();
        using var scorer = new SequenceScorer(model);
        var ranks = FullRanking.Ranks(scorer, new(Users, u => _histories[u], u => _targets[u]), maskSeen);
        Assert.Equal(Users, ranks.Length);
        for (var user = 0; user < Users; user++)
        {
            var (best, worst) = BruteForce(model, user, maskSeen);
            Assert.InRange(ranks[user], best, worst);
        }

        Assert.True(ranks.Distinct().Count() > 20, "ranks that hardly differ would prove nothing");
    }

    [Fact]
    public void Ranks_come_in_the_order_of_the_users()
    {
        using var model = Model();
        using var scorer = new SequenceScorer(model);
        int[] some = [250, 3, 117];
        var all = FullRanking.Ranks(scorer, new(Users, u => _histories[u], u => _targets[u]), maskSeen: true);
        var few = FullRanking.Ranks(scorer, new(some.Length, i => _histories[some[i]], i => _targets[some[i]]), maskSeen: true);
        Assert.Equal(some.Select(u => all[u]), few);
    }

    [Fact]
    public void Ties_count_against_the_target_and_padding_is_no_rival()
    {
        using var model = Model();
        using (no_grad()) model.Items.Weight.fill_(TensorArithmetic.One);
        using var scorer = new SequenceScorer(model);
        var cases = new RankedCases(1, _ => _seen, _ => 9);
        Assert.Equal(Items, FullRanking.Ranks(scorer, cases, maskSeen: false)[0]);
        Assert.Equal(Items - 3, FullRanking.Ranks(scorer, cases, maskSeen: true)[0]);
    }

    [Fact]
    public void A_target_of_the_history_has_no_rank_where_seen_items_are_masked()
    {
        using var model = Model();
        using var scorer = new SequenceScorer(model);
        Assert.Equal(double.PositiveInfinity, FullRanking.Ranks(scorer, new(1, _ => _seen, _ => 5), maskSeen: true)[0]);
    }

    /// <summary>Best and worst rank that rounding may give.</summary>
    private static (double Best, double Worst) BruteForce(SequenceModel model, int user, bool maskSeen)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var history = _histories[user];
        var ids = history.TakeLast(Window).Select(i => (long)i).ToArray();
        var state = Values.Of(model.Encode(model.Items.Gather(ids).unsqueeze(0))[0, -1]);
        var table = Values.Of(model.Items.Weight);
        double Score(int item) => state.Select((s, d) => (double)s * table[item * state.Length + d]).Sum();
        if (maskSeen && history.Contains(_targets[user])) return (double.PositiveInfinity, double.PositiveInfinity);
        var own = Score(_targets[user]);
        var rivals = Enumerable.Range(1, Items)
            .Where(i => i != _targets[user] && !(maskSeen && history.Contains(i))).Select(Score).ToArray();
        return (1 + rivals.Count(s => s > own + 1e-5), 1 + rivals.Count(s => s >= own - 1e-5));
    }

    private static SequenceModel Model()
    {
        var model = new SequenceModel(Items, new SasRec(new() { Width = 8, Window = Window }, new Noise(1)));
        Values.Scatter(model, 0.5);
        return model;
    }

    private static int[][] Histories()
    {
        var random = new Random(12);
        int[] History() => [.. Enumerable.Range(0, random.Next(1, 3 * Window)).Select(_ => random.Next(1, Items + 1))];
        return [.. Enumerable.Range(0, Users).Select(_ => History())];
    }
}
