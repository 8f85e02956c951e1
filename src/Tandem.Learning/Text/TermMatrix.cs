using System.Numerics.Tensors;

namespace Tandem.Learning.Text;

/// <summary>A sparse matrix by rows: weights of terms in texts, or of texts in terms.</summary>
/// <param name="ends">[N + 1]: row n lies in ends[n] … ends[n + 1].</param>
/// <param name="columns">[E], each below <paramref name="width"/>.</param>
/// <param name="values">[E].</param>
/// <param name="width">M.</param>
internal sealed class TermMatrix(int[] ends, int[] columns, float[] values, int width)
{
    /// <summary>N.</summary>
    public int Rows => ends.Length - 1;

    /// <summary>M.</summary>
    public int Columns => width;

    /// <param name="rows">N rows of a column and its value.</param>
    /// <param name="width">M.</param>
    public static TermMatrix Of(IReadOnlyList<(int Column, float Value)[]> rows, int width)
    {
        var ends = new int[rows.Count + 1];
        for (var row = 0; row < rows.Count; row++) ends[row + 1] = checked(ends[row] + rows[row].Length);
        return new(
            ends, [.. rows.SelectMany(row => row.Select(entry => entry.Column))],
            [.. rows.SelectMany(row => row.Select(entry => entry.Value))], width);
    }

    /// <summary>[M, N].</summary>
    public TermMatrix Transposed()
    {
        var starts = new int[width + 1];
        foreach (var column in columns) starts[column + 1]++;
        for (var column = 0; column < width; column++) starts[column + 1] += starts[column];
        var (next, rows, weights) = (starts.AsSpan(0, width).ToArray(), new int[columns.Length], new float[columns.Length]);
        for (var row = 0; row < Rows; row++)
        {
            for (var e = ends[row]; e < ends[row + 1]; e++)
            {
                var place = next[columns[e]]++;
                (rows[place], weights[place]) = (row, values[e]);
            }
        }

        return new(starts, rows, weights, Rows);
    }

    /// <summary>The product with a dense matrix.</summary>
    /// <param name="x">[M, L] row-major.</param>
    /// <param name="dense">L.</param>
    /// <returns>[N, L] row-major; each sum in the order of the entries, whatever the number of threads.</returns>
    public float[] Times(float[] x, int dense)
    {
        var y = new float[checked(Rows * dense)];
        Parallel.For(0, Rows, row =>
        {
            var sum = y.AsSpan(row * dense, dense);
            for (var e = ends[row]; e < ends[row + 1]; e++)
                TensorPrimitives.MultiplyAdd(x.AsSpan(columns[e] * dense, dense), values[e], sum, sum);
        });
        return y;
    }
}
