namespace Tandem.Protocol.Items;

/// <summary>
/// Rows of float32 as one signed byte an element and one scale a row: x ≈ code · scale, with scale = max |x| / 127. Symmetric, so that
/// 0 stays 0 and a product of rows is a product of codes.
/// </summary>
public static class Int8Quantisation
{
    /// <summary>Greatest code; the least is its negative. −128 never occurs, so that a code's negative is a code.</summary>
    public const sbyte GreatestCode = 127;

    /// <summary>Greatest scale of a row: with any greater one, <see cref="GreatestCode"/> would stand for infinity.</summary>
    public static float GreatestScale { get; } = MathF.BitDecrement(float.MaxValue / GreatestCode);

    /// <summary>Writes the codes of a row; no element moves by more than half a scale, but for the rounding of float32.</summary>
    /// <param name="row">[D] finite values.</param>
    /// <param name="codes">[D] receives −127 … 127.</param>
    /// <returns>The scale: finite, 0 for a row of zeros and positive for any other.</returns>
    /// <exception cref="ArgumentException">A value is not finite, or the lengths differ.</exception>
    public static float Quantise(ReadOnlySpan<float> row, Span<sbyte> codes)
    {
        CheckLengths(row.Length, codes.Length, nameof(codes));
        var scale = ScaleOf(row);
        if (scale == 0)
        {
            codes.Clear();
            return 0;
        }

        for (var i = 0; i < row.Length; i++) codes[i] = (sbyte)MathF.Round(row[i] / scale);
        return scale;
    }

    /// <summary>Writes code · scale.</summary>
    /// <param name="codes">[D].</param>
    /// <param name="scale">Of the row.</param>
    /// <param name="row">[D] receives the values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Dequantise(ReadOnlySpan<sbyte> codes, float scale, Span<float> row)
    {
        CheckLengths(codes.Length, row.Length, nameof(row));
        for (var i = 0; i < codes.Length; i++) row[i] = codes[i] * scale;
    }

    private static float ScaleOf(ReadOnlySpan<float> row)
    {
        var most = 0f;
        for (var i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]))
                throw new ArgumentException($"value {row[i]} at place {i} is not finite; train and export the model again", nameof(row));
            most = MathF.Max(most, MathF.Abs(row[i]));
        }

        // Rounded down, the scale of a subnormal row could push a code beyond 127, or be 0 for a row that is not.
        var scale = most / GreatestCode;
        return MathF.Min(scale * GreatestCode < most ? MathF.BitIncrement(scale) : scale, GreatestScale);
    }

    private static void CheckLengths(int given, int destination, string name)
    {
        if (given != destination)
            throw new ArgumentException($"{destination} elements to fill from {given}; give spans of one length", name);
    }
}
