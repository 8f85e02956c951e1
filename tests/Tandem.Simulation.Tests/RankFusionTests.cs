namespace Tandem.Simulation.Tests;

public class RankFusionTests
{
    private static readonly float[] _cloud = [-0.5f, -3, -1, -2];       // places 0, 3, 1, 2
    private static readonly float[] _device = [0, 3, -3, 1];            // p − 0.5: 0, .4526, −.4526, .2311

    [Theory]
    [InlineData("m2", new[] { 0.25, -0.5 + 0.452574, 0 - 0.452574, -0.25 })]
    [InlineData("m3", new[] { -0.25, -1 + 0.452574, -0.5 - 0.452574, -0.75 + 0.231059 })]
    [InlineData("m4", new[] { -0.25, -1 + 2 * 0.452574, -0.5 - 2 * 0.452574, -0.75 + 2 * 0.231059 })]
    public void A_candidates_score_is_the_published_one(string name, double[] expected)
    {
        var fused = new float[4];
        new RankFusion(name).Fuse(new(_cloud, _device, listAge: 2), fused);
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], fused[i], tolerance: 1e-5);
    }

    [Theory]
    [InlineData("m3", 1.0 / 2)]
    [InlineData("m4", 1.0 / 3)]
    public void The_orders_of_m3_and_m4_are_those_of_shares_of_one_half_and_one_third(string name, double share)
    {
        var fused = new float[4];
        new RankFusion(name).Fuse(new(_cloud, _device, listAge: 0), fused);
        double[] places = [0, 3, 1, 2];
        var joined = places.Select((place, i) => share * (1 - (place + 1) / 4) + (1 - share) / (1 + Math.Exp(-_device[i])));
        Assert.Equal(Order(joined), Order(fused.Select(score => (double)score)));

        static int[] Order(IEnumerable<double> scores) =>
            [.. scores.Select((score, i) => (score, i)).OrderByDescending(pair => pair.score).Select(pair => pair.i)];
    }

    [Fact]
    public void Of_equal_scores_the_earlier_stands_higher()
    {
        var fused = new float[3];
        new RankFusion("m3").Fuse(new([-1, -1, -1], [0, 0, 0], listAge: 0), fused);
        Assert.True(fused[0] > fused[1] && fused[1] > fused[2]);
    }
}
