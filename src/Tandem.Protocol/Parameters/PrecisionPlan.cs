namespace Tandem.Protocol.Parameters;

/// <summary>
/// How many bits each row of a matrix keeps (CHORD, arXiv 2510.03038): two bits a row choose 2, 4, 8 or all 32, four rows a byte, the
/// first of them in the lowest bits. Bits behind the last row are 0.
/// </summary>
public static class PrecisionPlan
{
    private const int RowsOfByte = 4;
    private const int WholeBits = 32;
    private const float LeastStep = 1e-12f; // a row of zeros has a step, too

    /// <summary>Bits of the choices 0 to 3.</summary>
    public static ReadOnlySpan<int> Bits => [2, 4, 8, WholeBits];

    /// <summary>Bytes of a plan.</summary>
    /// <param name="rows">O, 1 or more.</param>
    public static int LengthOf(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return (rows - 1) / RowsOfByte + 1;
    }

    /// <summary>A plan's bytes.</summary>
    /// <param name="choices">[O], each 0 to 3: a place among <see cref="Bits"/>.</param>
    /// <exception cref="ArgumentException">There are none, or one is no such place.</exception>
    public static byte[] Pack(ReadOnlySpan<byte> choices)
    {
        if (choices.IsEmpty) throw new ArgumentException("a plan of no row; give one choice for each row", nameof(choices));
        var plan = new byte[LengthOf(choices.Length)];
        for (var row = 0; row < choices.Length; row++)
        {
            if (choices[row] >= Bits.Length)
                throw new ArgumentException($"choice {choices[row]} of row {row}, expected 0 to {Bits.Length - 1}", nameof(choices));
            plan[row / RowsOfByte] |= (byte)(choices[row] << ShiftOf(row));
        }

        return plan;
    }

    /// <summary>A row's choice, 0 to 3.</summary>
    /// <param name="plan">Bytes of a plan.</param>
    /// <param name="row">From 0.</param>
    public static int Choice(ReadOnlySpan<byte> plan, int row) => plan[row / RowsOfByte] >> ShiftOf(row) & (Bits.Length - 1);

    /// <summary>True where bytes are a plan: as many as the rows take, and 0 behind the last.</summary>
    /// <param name="plan">Not trusted.</param>
    /// <param name="rows">O, 1 or more.</param>
    public static bool Fits(ReadOnlySpan<byte> plan, int rows) =>
        plan.Length == LengthOf(rows) && (rows % RowsOfByte == 0 || plan[^1] >> ShiftOf(rows) == 0);

    /// <summary>
    /// Rounds a row to a choice's bits b: to multiples of the step max |x| / (2^(b − 1) − 1), ties to even; with 32 bits it stays as it is.
    /// In float32, so that a cloud that does the same gets the same values.
    /// </summary>
    /// <param name="row">[I] finite values, overwritten.</param>
    /// <param name="choice">0 to 3.</param>
    public static void Round(Span<float> row, int choice)
    {
        var bits = Bits[choice];
        if (bits == WholeBits) return;
        var most = 0f;
        foreach (var value in row) most = MathF.Max(most, MathF.Abs(value));
        var step = most / ((1 << (bits - 1)) - 1) + LeastStep;
        foreach (ref var value in row) value = MathF.Round(value / step) * step;
    }

    private static int ShiftOf(int row) => row % RowsOfByte * 2;
}
