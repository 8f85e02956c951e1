using Tandem.Learning.Transfer;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// Titles as rows of a table of the words that occur in them. A word is a piece of an encoder's vocabulary, so that row r of the table and
/// row <see cref="Pieces"/>[r] of the encoder's own stand for the same; row 0 is padding.
/// </summary>
public sealed class TitleWords
{
    private readonly long[] _rows; // [N, L]

    private TitleWords(int[] pieces, long[] rows, int length) => (Pieces, _rows, Length) = (pieces, rows, length);

    /// <summary>Number of each row's piece in the encoder's vocabulary, rising; 0 is padding.</summary>
    public IReadOnlyList<int> Pieces { get; }

    /// <summary>L, words of a title that are read.</summary>
    public int Length { get; }

    /// <summary>Numbers titles' pieces.</summary>
    /// <param name="titles">Numbers of pieces of each, one at least, above 0.</param>
    /// <param name="most">L at most; further words are not read. Default 32.</param>
    /// <exception cref="ArgumentException">A title is empty or holds padding.</exception>
    public static TitleWords Of(IReadOnlyList<int[]> titles, int most = 32)
    {
        ArgumentNullException.ThrowIfNull(titles);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (titles.Count == 0 || titles.Any(title => title.Length == 0 || title.Min() < 1))
            throw new ArgumentException("a title has no piece, or one below 1; expected titles with words", nameof(titles));
        int[] pieces = [0, .. titles.SelectMany(title => title.Take(most)).Distinct().Order()];
        var length = Math.Min(most, titles.Max(title => title.Length));
        var rows = new long[titles.Count * length];
        for (var i = 0; i < titles.Count; i++)
        {
            for (var t = 0; t < Math.Min(length, titles[i].Length); t++)
                rows[i * length + t] = Array.BinarySearch(pieces, titles[i][t]);
        }

        return new(pieces, rows, length);
    }

    /// <summary>[N, L] int64, 0 behind a title's end.</summary>
    public Tensor Inputs() => tensor(_rows, _rows.Length / Length, Length);

    /// <summary>The rows of an encoder's table of words that stand for the rows here; that of padding is zeros.</summary>
    /// <param name="table">[vocabulary, Q].</param>
    /// <exception cref="ArgumentException">It is no table, or a piece has no row.</exception>
    public SourceMatrix RowsOf(SourceMatrix table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Shape.Count != 2 || table.Shape[0] <= Pieces[^1])
        {
            throw new ArgumentException(
                $"a table of [{string.Join(", ", table.Shape)}] for words up to {Pieces[^1]}; expected the encoder's own", nameof(table));
        }

        var width = (int)table.Shape[1];
        var values = new float[Pieces.Count * width];
        for (var row = 1; row < Pieces.Count; row++)
            table.Values.AsSpan(Pieces[row] * width, width).CopyTo(values.AsSpan(row * width, width));
        return new([Pieces.Count, width], values);
    }
}
