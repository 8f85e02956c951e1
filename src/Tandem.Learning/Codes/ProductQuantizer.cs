using Tandem.Data;
using Tandem.Learning.Clustering;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Codes;

/// <summary>
/// Optimised product quantisation in its non-parametric form (Ge et al., CVPR 2013): vectors are turned by an orthogonal matrix and cut
/// into L parts with centres of their own. Turn and centres are learned in turns, each step for the least squared error; without any turn
/// it is plain product quantisation.
/// </summary>
internal sealed class ProductQuantizer : IItemCoder
{
    private readonly float[] _turn; // [D, D], y = x R
    private readonly Codebook[] _books;

    private ProductQuantizer(float[] turn, Codebook[] books) => (_turn, _books) = (turn, books);

    private int Width => _books.Length * _books[0].Width;

    /// <param name="vectors">[N, D] row-major.</param>
    /// <param name="width">D, a multiple of L.</param>
    /// <param name="levels">L.</param>
    /// <param name="size">K.</param>
    /// <param name="iterations">Rounds of k-means before the first turn.</param>
    /// <param name="turns">How often the vectors are turned; 0 for plain product quantisation.</param>
    /// <param name="seed">Of the starts.</param>
    public static ProductQuantizer Learn(float[] vectors, int width, int levels, int size, int iterations, int turns, int seed)
    {
        if (width % levels != 0) throw new ArgumentException($"width {width} cannot be cut into {levels} equal parts", nameof(width));
        using var threads = TorchThreads.One(); // sums must not depend on how many there are
        var (turn, books, part) = (Identity(width), new Codebook[levels], width / levels);
        var turned = vectors;
        Parallel.For(0, levels, l => books[l] = KMeans.Fit(
            Part(turned, width, part, l), part, size, iterations, NamedSeed.Create(seed, "product centres", l)));
        for (var round = 0; round < turns; round++)
        {
            turn = Procrustes(vectors, Rebuild(Code(turned, width, books), books), width);
            turned = Product(vectors, turn, width);
            Parallel.For(0, levels, l => books[l] = KMeans.Improve(Part(turned, width, part, l), books[l], 1));
        }

        return new(turn, books);
    }

    public ushort[] Code(float[] vectors) => Code(Product(vectors, _turn, Width), Width, _books);

    public float[] Rebuild(ushort[] codes) => Product(Rebuild(codes, _books), Transposed(), Width);

    private static ushort[] Code(float[] turned, int width, Codebook[] books)
    {
        var (levels, part) = (books.Length, width / books.Length);
        var codes = new ushort[turned.Length / width * levels];
        Parallel.For(0, levels, l =>
        {
            var nearest = books[l].Nearest(Part(turned, width, part, l));
            for (var i = 0; i < nearest.Length; i++) codes[i * levels + l] = (ushort)nearest[i];
        });
        return codes;
    }

    /// <summary>The turned vectors that codes stand for.</summary>
    private static float[] Rebuild(ushort[] codes, Codebook[] books)
    {
        var part = books[0].Width;
        var vectors = new float[codes.Length * part];
        for (var i = 0; i < codes.Length; i++) books[i % books.Length][codes[i]].CopyTo(vectors.AsSpan(i * part));
        return vectors;
    }

    /// <summary>[N, d] one part of each vector.</summary>
    private static float[] Part(float[] vectors, int width, int part, int level)
    {
        var parts = new float[vectors.Length / width * part];
        for (var i = 0; i < parts.Length / part; i++)
            vectors.AsSpan(i * width + level * part, part).CopyTo(parts.AsSpan(i * part));
        return parts;
    }

    /// <summary>The orthogonal R with the least |X R − Y|: U Vᵀ of the singular vectors of Xᵀ Y.</summary>
    private static float[] Procrustes(float[] x, float[] y, int width)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (X, Y) = (tensor(x, x.Length / width, width), tensor(y, y.Length / width, width));
        var (U, _, V) = linalg.svd(X.t().matmul(Y).to(ScalarType.Float64));
        return TensorValues.Copy(U.matmul(V)); // V is transposed already
    }

    private static float[] Product(float[] vectors, float[] matrix, int width)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        return TensorValues.Copy(tensor(vectors, vectors.Length / width, width).matmul(tensor(matrix, width, width)));
    }

    private static float[] Identity(int width)
    {
        var matrix = new float[width * width];
        for (var d = 0; d < width; d++) matrix[d * width + d] = 1;
        return matrix;
    }

    private float[] Transposed()
    {
        var (width, transposed) = (Width, new float[_turn.Length]);
        for (var i = 0; i < _turn.Length; i++) transposed[i % width * width + i / width] = _turn[i];
        return transposed;
    }
}
