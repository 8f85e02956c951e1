using Tandem.Protocol.Collaboration;

namespace Tandem.Simulation.Tests;

public sealed class FusionFitTests
{
    private const int Own = 6;

    [Fact]
    public void The_weights_that_drew_the_targets_are_found_again()
    {
        var weights = new FusionWeights { Age = 2, Device = 0.8, Cloud = 0.6, Listed = 0.5, Before = -0.4 };
        foreach (var fitted in new[] { FusionFit.Fit(2, Draw(weights, 20_000, 1)), FusionFit.Choose(2, Draw(weights, 20_000, 1)) })
        {
            Assert.Equal(2, fitted.Age);
            Assert.Equal(weights.Device, fitted.Device, 0.05);
            Assert.Equal(weights.Cloud, fitted.Cloud, 0.05);
            Assert.Equal(weights.Listed, fitted.Listed, 0.1);
            Assert.Equal(weights.Before, fitted.Before, 0.05);
        }
    }

    [Fact]
    public void A_side_that_speaks_against_its_own_scores_has_no_say()
    {
        var weights = new FusionWeights { Age = 0, Device = 1, Cloud = 0, Listed = 0, Before = 0 };
        var against = Draw(weights, 4_000, 2).Select(turn => turn with
        {
            Candidates = turn.Candidates! with
            {
                Cloud = [.. turn.Candidates!.Items.Select((item, i) =>
                i >= turn.Candidates.Items.Length - Own ? float.NaN : item == turn.Target ? -9f : -1f)]
            },
        }).ToArray();
        Assert.Equal(0, FusionFit.Fit(0, against).Cloud);
    }

    [Fact]
    public void Where_one_side_knows_all_the_other_gets_no_say()
    {
        var device = FusionFit.Choose(3, Draw(new() { Age = 3, Device = 1, Cloud = 0, Listed = 0, Before = 0 }, 4_000, 3));
        Assert.Equal((1.0, 0.0, 0.0, 0.0), (device.Device, device.Cloud, device.Listed, device.Before));
        var cloud = FusionFit.Choose(0, Draw(new() { Age = 0, Device = 0, Cloud = 2, Listed = 4, Before = 0 }, 4_000, 4));
        Assert.Equal(0, cloud.Device, 0.05);
    }

    [Fact]
    public void With_the_list_first_the_devices_own_candidates_come_behind_it()
    {
        var weights = FusionFit.ChooseListFirst(1, Draw(new() { Age = 1, Device = 1, Cloud = 1, Listed = -2, Before = 0 }, 4_000, 6));
        Assert.Equal(1, weights.Device, 0.15);
        Assert.Equal(1, weights.Cloud, 0.15);
        Assert.Equal(1_000, weights.Listed);
    }

    [Fact]
    public void Without_a_target_among_candidates_the_device_goes_by_its_own_scores()
    {
        var fitted = FusionFit.Fit(0, [new(0, 99, [], 0, 0, false, 0) { Candidates = new([1, 2], [-1, -2], [1, 2], [1, 2], 0) }]);
        Assert.Equal((1.0, 0.0), (fitted.Device, fitted.Cloud));
    }

    private static Turn[] Draw(FusionWeights weights, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(user =>
        {
            const int listed = 14, all = listed + Own;
            float[] cloud = [.. Enumerable.Range(0, all).Select(i => i < listed ? (float)Normal(random) - 5 : float.NaN)];
            float[] device = [.. Enumerable.Range(0, all).Select(_ => 2 * (float)Normal(random))];
            float[] before = [.. Enumerable.Range(0, all).Select(i => i < listed ? device[i] + (float)Normal(random) : float.NaN)];
            var (least, most) = (cloud[..listed].Min(), before[..listed].Max());
            // Gumbel's trick: the greatest of score + noise is a draw from the softmax.
            var target = Enumerable.Range(0, all).MaxBy(i => weights.Device * device[i]
                + (i < listed ? weights.Cloud * (cloud[i] - least) + weights.Listed + weights.Before * (before[i] - most) : 0)
                - Math.Log(-Math.Log(random.NextDouble())));
            return new Turn(user, target + 1, [], weights.Age, 0, false, 0)
            {
                Candidates = new([.. Enumerable.Range(1, all)], cloud, device, before, weights.Age),
            };
        })];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
