using System.Numerics.Tensors;

namespace Tandem.Learning.Clustering;

/// <summary>K centres and what is nearest to a point. They lie as columns, so that one pass gives the distances from all.</summary>
internal sealed class Codebook
{
    private readonly float[] _columns;      // [d, K]
    private readonly float[] _halfSquares;  // [K] |c|² / 2

    /// <param name="centres">[K, d] row-major; taken over.</param>
    /// <param name="width">d.</param>
    public Codebook(float[] centres, int width)
    {
        (Centres, Width) = (centres, width);
        (_columns, _halfSquares) = (new float[centres.Length], new float[Size]);
        for (var k = 0; k < Size; k++)
        {
            _halfSquares[k] = TensorPrimitives.SumOfSquares(this[k]) / 2;
            for (var d = 0; d < width; d++) _columns[d * Size + k] = centres[k * width + d];
        }
    }

    /// <summary>[K, d] row-major.</summary>
    public float[] Centres { get; }

    /// <summary>d.</summary>
    public int Width { get; }

    /// <summary>K.</summary>
    public int Size => Centres.Length / Width;

    /// <summary>[d] of a centre.</summary>
    public ReadOnlySpan<float> this[int code] => Centres.AsSpan(code * Width, Width);

    /// <summary>The nearest centre, of equally near ones the first.</summary>
    /// <param name="point">[d].</param>
    /// <param name="scratch">[K].</param>
    /// <param name="squaredDistance">From it.</param>
    public int Nearest(ReadOnlySpan<float> point, Span<float> scratch, out float squaredDistance)
    {
        // |x − c|² = |x|² + 2 (|c|² / 2 − x · c)
        _halfSquares.CopyTo(scratch);
        for (var d = 0; d < point.Length; d++)
            TensorPrimitives.MultiplyAdd(_columns.AsSpan(d * Size, Size), -point[d], scratch, scratch);
        var best = TensorPrimitives.IndexOfMin(scratch);
        squaredDistance = Math.Max(0, TensorPrimitives.SumOfSquares(point) + 2 * scratch[best]);
        return best;
    }

    /// <summary>[N] the nearest centre of each point.</summary>
    /// <param name="points">[N, d] row-major.</param>
    /// <param name="squaredDistances">[N] from it; null where nobody asks.</param>
    public int[] Nearest(float[] points, float[]? squaredDistances = null)
    {
        const int tile = 256;
        var nearest = new int[points.Length / Width];
        Parallel.For(0, (nearest.Length + tile - 1) / tile, t =>
        {
            var scratch = new float[Size];
            for (var i = t * tile; i < Math.Min((t + 1) * tile, nearest.Length); i++)
            {
                nearest[i] = Nearest(points.AsSpan(i * Width, Width), scratch, out var distance);
                if (squaredDistances is not null) squaredDistances[i] = distance;
            }
        });
        return nearest;
    }
}
