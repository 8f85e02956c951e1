using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

public class NegativeSamplerTests
{
    private const int Items = 6;
    private static readonly long[] _counts = [0, 0, 3, 8, 99, 24, 0];

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Items_come_as_often_as_their_probability_says(double exponent)
    {
        const int Draws = 200_000;
        var sampler = new NegativeSampler(Items, exponent, _counts);
        var (ids, logExpected) = (new long[Draws], new float[Draws]);
        sampler.Draw(new Random(1), ids, logExpected);
        var weights = Enumerable.Range(1, Items).Select(i => Math.Pow(1 + _counts[i], exponent)).ToArray();
        for (var item = 1; item <= Items; item++)
        {
            var probability = weights[item - 1] / weights.Sum();
            var expected = Draws * probability;
            // Five standard deviations of a binomial count.
            Assert.InRange(ids.Count(id => id == item), expected - 5 * Math.Sqrt(expected), expected + 5 * Math.Sqrt(expected));
            if (Array.IndexOf(ids, item) is >= 0 and var at) Assert.Equal(Math.Log(Draws * probability), logExpected[at], 1e-4);
        }
    }
}
