using System.Numerics.Tensors;

namespace Tandem.Learning.Clustering;

/// <summary>Lloyd's k-means from a k-means++ start (Arthur and Vassilvitskii 2007); the same on any number of threads.</summary>
internal static class KMeans
{
    /// <summary>
    /// Centres of points. Where there are fewer distinct points than centres, the last ones are copies that nothing is near to.
    /// </summary>
    /// <param name="points">[N, d] row-major, one at least.</param>
    /// <param name="width">d.</param>
    /// <param name="size">K.</param>
    /// <param name="iterations">Most rounds.</param>
    /// <param name="random">Draws the start.</param>
    public static Codebook Fit(float[] points, int width, int size, int iterations, Random random) =>
        Improve(points, Start(points, width, size, random), iterations);

    /// <summary>Moves centres to the means of what is nearest to them, until nothing changes.</summary>
    public static Codebook Improve(float[] points, Codebook book, int iterations)
    {
        int[]? before = null;
        var distances = new float[points.Length / book.Width];
        for (var round = 0; round < iterations; round++)
        {
            var nearest = book.Nearest(points, distances);
            if (before is not null && nearest.AsSpan().SequenceEqual(before)) break;
            book = Means(points, nearest, distances, book);
            before = nearest;
        }

        return book;
    }

    /// <summary>Each next centre is a point, drawn with a probability in proportion to its squared distance from the others.</summary>
    private static Codebook Start(float[] points, int width, int size, Random random)
    {
        var n = points.Length / width;
        var (centres, distances) = (new float[size * width], new float[n]);
        Array.Fill(distances, float.PositiveInfinity);
        var chosen = random.Next(n);
        for (var k = 0; k < size; k++)
        {
            var centre = centres.AsSpan(k * width, width);
            points.AsSpan(chosen * width, width).CopyTo(centre);
            var sum = 0.0;
            for (var i = 0; i < n; i++)
            {
                var distance = TensorPrimitives.Distance(points.AsSpan(i * width, width), centre);
                distances[i] = Math.Min(distances[i], distance * distance);
                sum += distances[i];
            }

            if (sum > 0) chosen = Draw(distances, random.NextDouble() * sum);
        }

        return new(centres, width);
    }

    private static int Draw(float[] weights, double at)
    {
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            last = i;
            if ((at -= weights[i]) < 0) break;
        }

        return last;
    }

    /// <summary>A centre with no point takes the point that is farthest from its own, each another one.</summary>
    private static Codebook Means(float[] points, int[] nearest, float[] distances, Codebook book)
    {
        var (width, size) = (book.Width, book.Size);
        var (sums, counts) = (new double[size * width], new int[size]);
        for (var i = 0; i < nearest.Length; i++)
        {
            counts[nearest[i]]++;
            var (at, from) = (nearest[i] * width, i * width);
            for (var d = 0; d < width; d++) sums[at + d] += points[from + d];
        }

        var centres = (float[])book.Centres.Clone();
        var farthest = new Queue<int>(Farthest(distances, counts.Count(count => count == 0)));
        for (var k = 0; k < size; k++)
        {
            var centre = centres.AsSpan(k * width, width);
            if (counts[k] == 0)
            {
                if (farthest.TryDequeue(out var point)) points.AsSpan(point * width, width).CopyTo(centre);
                continue;
            }

            for (var d = 0; d < width; d++) centre[d] = (float)(sums[k * width + d] / counts[k]);
        }

        return new(centres, width);
    }

    private static IEnumerable<int> Farthest(float[] distances, int count) => count == 0
        ? []
        : Enumerable.Range(0, distances.Length).Where(i => distances[i] > 0)
            .OrderByDescending(i => distances[i]).ThenBy(i => i).Take(count);
}
