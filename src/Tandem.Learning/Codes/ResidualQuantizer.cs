using System.Numerics.Tensors;
using Tandem.Data;
using Tandem.Learning.Clustering;

namespace Tandem.Learning.Codes;

/// <summary>Centres of vectors, then of what is left of them, level by level.</summary>
internal sealed class ResidualQuantizer(IReadOnlyList<Codebook> books) : IItemCoder
{
    private int Width => books[0].Width;

    /// <summary>The centres of each level.</summary>
    public IReadOnlyList<Codebook> Books => books;

    /// <param name="vectors">[N, D] row-major.</param>
    /// <param name="width">D.</param>
    /// <param name="levels">L.</param>
    /// <param name="size">K.</param>
    /// <param name="iterations">Most rounds of each level.</param>
    /// <param name="seed">Of the starts.</param>
    public static ResidualQuantizer Learn(float[] vectors, int width, int levels, int size, int iterations, int seed)
    {
        var (rest, books) = ((float[])vectors.Clone(), new Codebook[levels]);
        for (var level = 0; level < levels; level++)
        {
            books[level] = KMeans.Fit(rest, width, size, iterations, NamedSeed.Create(seed, "residual centres", level));
            Subtract(rest, books[level], books[level].Nearest(rest));
        }

        return new(books);
    }

    public ushort[] Code(float[] vectors)
    {
        var (rest, codes) = ((float[])vectors.Clone(), new ushort[vectors.Length / Width * books.Count]);
        for (var level = 0; level < books.Count; level++)
        {
            var nearest = books[level].Nearest(rest);
            for (var i = 0; i < nearest.Length; i++) codes[i * books.Count + level] = (ushort)nearest[i];
            Subtract(rest, books[level], nearest);
        }

        return codes;
    }

    public float[] Rebuild(ushort[] codes)
    {
        var vectors = new float[codes.Length / books.Count * Width];
        for (var i = 0; i < codes.Length; i++)
        {
            var vector = vectors.AsSpan(i / books.Count * Width, Width);
            TensorPrimitives.Add(vector, books[i % books.Count][codes[i]], vector);
        }

        return vectors;
    }

    private static void Subtract(float[] rest, Codebook book, int[] nearest)
    {
        for (var i = 0; i < nearest.Length; i++)
        {
            var own = rest.AsSpan(i * book.Width, book.Width);
            TensorPrimitives.Subtract(own, book[nearest[i]], own);
        }
    }
}
