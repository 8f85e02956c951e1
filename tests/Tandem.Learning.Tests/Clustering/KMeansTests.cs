using Tandem.Data;
using Tandem.Learning.Clustering;

namespace Tandem.Learning.Tests.Clustering;

public sealed class KMeansTests
{
    [Fact]
    public void The_nearest_centre_is_the_one_that_a_plain_search_finds()
    {
        var random = NamedSeed.Create(1, "centres");
        var book = new Codebook([.. Enumerable.Range(0, 37 * 5).Select(_ => (float)random.NextDouble())], width: 5);
        float[] points = [.. Enumerable.Range(0, 300 * 5).Select(_ => (float)random.NextDouble())];
        var distances = new float[300];
        var nearest = book.Nearest(points, distances);
        for (var i = 0; i < nearest.Length; i++)
        {
            var all = Enumerable.Range(0, book.Size).Select(k => Squared(points.AsSpan(i * 5, 5), book[k])).ToArray();
            Assert.Equal(all.Min(), all[nearest[i]], 1e-6);
            Assert.Equal(all.Min(), distances[i], 1e-5);
        }
    }

    [Fact]
    public void Groups_that_lie_apart_get_a_centre_each()
    {
        float[] points = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { 10f * (i % 4), 0.1f * (i / 4 % 3) })];
        var nearest = KMeans.Fit(points, width: 2, size: 4, iterations: 20, NamedSeed.Create(1, "start")).Nearest(points);
        for (var i = 0; i < 40; i++) Assert.Equal(nearest[i % 4], nearest[i]);
        Assert.Equal(4, nearest.Distinct().Count());
    }

    [Fact]
    public void Fewer_points_than_centres_have_one_each()
    {
        float[] points = [0, 0, 5, 5, 0, 0];
        var book = KMeans.Fit(points, width: 2, size: 8, iterations: 5, NamedSeed.Create(1, "start"));
        Assert.Equal(8, book.Size);
        var nearest = book.Nearest(points);
        Assert.Equal(nearest[0], nearest[2]);
        Assert.NotEqual(nearest[0], nearest[1]);
        Assert.Equal([5f, 5f], book[nearest[1]].ToArray());
    }

    [Fact]
    public void A_centre_without_points_moves_to_the_point_that_is_farthest_away()
    {
        float[] points = [0, 1, 2, 100];
        var book = KMeans.Improve(points, new Codebook([1, 2, 1000], width: 1), iterations: 1);
        Assert.Equal(100, book[2][0]);
    }

    [Fact]
    public void Dead_centres_start_anew_at_residuals()
    {
        var centres = new RunningCentres(new Codebook([0, 50], width: 1), meanUse: 2, keep: 0.5);
        float[] residuals = [1, 1, 1, 1];
        for (var step = 0; step < 8; step++) centres.Take(residuals, [0, 0, 0, 0], revival: null);
        Assert.Equal(50, centres.Book[1][0], 1e-4);
        centres.Take(residuals, [0, 0, 0, 0], NamedSeed.Create(1, "revival"));
        Assert.Equal(1, centres.Book[1][0], 1e-4);
        Assert.Equal(1, centres.Book[0][0], 0.02);
    }

    private static float Squared(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0f;
        for (var d = 0; d < x.Length; d++) sum += (x[d] - y[d]) * (x[d] - y[d]);
        return sum;
    }
}
