using Tandem.Data;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Text;

/// <summary>
/// The leading right singular vectors of a sparse matrix, by randomised subspace iteration (Halko, Martinsson and Tropp, SIAM Review
/// 2011, https://doi.org/10.1137/090771806): the range of A is found from random directions, and the rest is a small dense matrix.
/// </summary>
internal static class TruncatedSvd
{
    private const int Oversampling = 16, Iterations = 4;
    private const double Rank = 1e-5; // of the largest singular value: below it is float32's rounding

    /// <param name="matrix">A, [N, M].</param>
    /// <param name="width">Vectors that are asked for; fewer where the matrix has no such rank.</param>
    /// <returns>[M, W] row-major, orthonormal columns by falling singular value, the largest element of each positive; W ≥ 1.</returns>
    public static (float[] Directions, int Width) RightVectors(TermMatrix matrix, int width)
    {
        var transposed = matrix.Transposed();
        var L = Math.Min(width + Oversampling, Math.Min(matrix.Rows, matrix.Columns));
        var range = Orthonormal(matrix.Times(Draw(matrix.Columns, L), L), L);
        for (var i = 0; i < Iterations; i++)
            range = Orthonormal(matrix.Times(Orthonormal(transposed.Times(range, L), L), L), L);
        return Rotate(transposed.Times(range, L), L, width);
    }

    private static float[] Draw(int rows, int width)
    {
        var random = NamedSeed.Create(1, "range of a term matrix");
        var values = new float[checked(rows * width)];
        foreach (ref var value in values.AsSpan()) value = (float)random.NextNormal();
        return values;
    }

    private static float[] Orthonormal(float[] values, int width)
    {
        using var scope = NewDisposeScope();
        return TensorValues.Copy(linalg.qr(Matrix(values, width)).Q);
    }

    /// <summary>From B = Aᵀ Q to the singular vectors: the eigenvectors of Bᵀ B say how its columns are turned.</summary>
    private static (float[] Directions, int Width) Rotate(float[] values, int L, int width)
    {
        using var scope = NewDisposeScope();
        var B = Matrix(values, L);
        var wide = B.to(ScalarType.Float64);
        var (squares, turns) = linalg.eigh(wide.mT.matmul(wide)); // squared singular values rise
        var sizes = TensorValues.Copy(squares).Select(square => Math.Sqrt(Math.Max(0, square))).ToArray();
        var W = Math.Clamp(sizes.Count(size => size > Rank * sizes[^1]), 1, width);
        var directions = TensorValues.Copy(wide.matmul(turns.narrow(1, L - W, W)));
        for (var w = 0; w < W; w++) Scale(directions, w, W, 1 / sizes[L - W + w]);
        return (Reversed(directions, W), W);
    }

    /// <summary>Brings a column to length 1, and its largest element above zero.</summary>
    private static void Scale(float[] directions, int column, int width, double factor)
    {
        var largest = 0f;
        for (var i = column; i < directions.Length; i += width)
            if (Math.Abs(directions[i]) > Math.Abs(largest)) largest = directions[i];
        for (var i = column; i < directions.Length; i += width) directions[i] *= (float)(Math.Sign(largest) * factor);
    }

    private static float[] Reversed(float[] directions, int width)
    {
        for (var at = 0; at < directions.Length; at += width) directions.AsSpan(at, width).Reverse();
        return directions;
    }

    private static Tensor Matrix(float[] values, int width)
    {
        var matrix = empty(values.Length / width, width);
        TensorValues.Set(matrix, values);
        return matrix;
    }
}
