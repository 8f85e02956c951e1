using Tandem.Device;

namespace Tandem.Simulation.Tests;

public class FusionTuningTests
{
    [Fact]
    public void The_calibrated_share_makes_the_targets_likeliest()
    {
        // Targets drawn by softmax(a · cloud + b · device): the share that drew them is found again.
        var (a, b) = (0.6, 1.4);
        var turns = Draw(20_000, a, b, new Random(1));
        Assert.Equal(a / (a + b), FusionTuning.Choose(FusionKind.Calibrated, turns).CloudShare!.Value, 0.02);
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0, 1, 0)]
    public void A_side_that_knows_everything_gets_nearly_all_the_say(double a, double b, double share) =>
        Assert.Equal(share, FusionTuning.Choose(FusionKind.Calibrated, Draw(20_000, a, b, new Random(2))).CloudShare!.Value, 0.03);

    [Theory]
    [InlineData(-1, 1, 0)]
    [InlineData(1, -1, 1)]
    public void A_side_that_is_wrong_on_purpose_is_not_listened_to(double a, double b, double share) =>
        Assert.Equal(share, FusionTuning.Choose(FusionKind.Calibrated, Draw(2_000, a, b, new Random(3))).CloudShare);

    [Fact]
    public void The_published_share_is_the_best_of_its_grid()
    {
        var chosen = FusionTuning.Choose(FusionKind.Published, Draw(2_000, 0, 3, new Random(4)));
        Assert.InRange(chosen.CloudShare!.Value, 0, 0.2);
        Assert.InRange(chosen.Ndcg, 0.3, 1);
    }

    [Fact]
    public void A_device_that_is_right_where_it_is_sure_gets_the_say_there_alone()
    {
        // Half of the users: the device is sure and right, the cloud wrong. The others: the device is unsure, the cloud right.
        var turns = Enumerable.Range(0, 400).Select(user => new Turn(
            user, Target: 3,
            [
                .. Enumerable.Range(1, 20).Select(item => user % 2 == 0
                    ? new Recommendation(item, 0, CloudScore: -item, DeviceScore: item == 3 ? 8 : 0)
                    : new(item, 0, CloudScore: item == 3 ? 0 : -5, DeviceScore: 0.01f * item)),
            ],
            ListAge: 2, Calls: 0, Asked: false, DeviceMicros: 1)).ToArray();
        var chosen = FusionTuning.Choose(FusionKind.Confidence, turns);
        Assert.Equal(1, chosen.Ndcg, tolerance: 1e-9);
        Assert.True(chosen.Slope > 0, $"{chosen.Slope}");
        Assert.Null(chosen.CloudShare);
        Assert.True(FusionTuning.Choose(FusionKind.Published, turns).Ndcg <= chosen.Ndcg);
    }

    [Fact]
    public void A_confident_device_decides_and_an_unsure_one_leaves_it_to_the_cloud()
    {
        var fused = new float[3];
        var rule = new ConfidenceFusion(slope: 1000, threshold: 0.5);
        rule.Fuse(new([-1, -2, float.NaN], [0, 9, 0], listAge: 0), fused);
        Assert.True(fused[1] > fused[0]);
        rule.Fuse(new([-1, -2, float.NaN], [0, 0.1f, 0], listAge: 0), fused);
        Assert.True(fused[0] > fused[1]);
        Assert.Equal(fused[1], fused[2]);
        rule.Fuse(new([-1, float.NaN], [0, float.NaN], listAge: 0), fused);
        Assert.True(float.IsNaN(fused[1]) && float.IsFinite(fused[0]));
    }

    [Fact]
    public void Users_whose_target_is_not_on_the_list_count_as_missed()
    {
        var onList = Draw(1_000, 1, 1, new Random(5));
        var half = onList.Select((turn, i) => i % 2 == 0 ? turn : turn with { Target = 999 }).ToArray();
        var all = FusionTuning.Choose(FusionKind.Calibrated, onList).Ndcg;
        Assert.InRange(FusionTuning.Choose(FusionKind.Calibrated, half).Ndcg, 0.4 * all, 0.6 * all);
    }

    private static Turn[] Draw(int count, double a, double b, Random random) =>
        Enumerable.Range(0, count).Select(user =>
        {
            var list = Enumerable.Range(1, 20)
                .Select(item => new Recommendation(item, 0, (float)Normal(random), (float)Normal(random)))
                .OrderByDescending(r => r.CloudScore).ToArray();
            // Gumbel's trick: the greatest of score + noise is a draw from the softmax.
            var target = list.MaxBy(r => a * r.CloudScore + b * r.DeviceScore - Math.Log(-Math.Log(random.NextDouble())));
            return new Turn(user, target.Item, list, 2, 0, false, 0);
        }).ToArray();

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
