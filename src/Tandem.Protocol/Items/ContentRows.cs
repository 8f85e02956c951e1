using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Items;

/// <summary>
/// A content vector of length 1 for each item that has one, as int8 rows with a scale each: d + 4 bytes an item. A row of zeros belongs
/// to an item without a vector. Checked when it is made, and never changes.
/// </summary>
/// <remarks>As tensors: <c>content.NAME.codes</c> [V + 1, d] I8 and <c>content.NAME.scales</c> [V + 1] F32; row 0 is padding.</remarks>
public sealed class ContentRows
{
    /// <summary>Greatest scale of a row: no element of a vector of length 1 exceeds 1.</summary>
    public const float GreatestScale = 1f / Int8Quantisation.GreatestCode * 1.0001f;

    private readonly sbyte[] _codes;    // [V + 1, d]
    private readonly float[] _scales;   // [V + 1]

    private ContentRows(int width, sbyte[] codes, float[] scales) => (Width, _codes, _scales) = (width, codes, scales);

    /// <summary>V.</summary>
    public int Items => _scales.Length - 1;

    /// <summary>d.</summary>
    public int Width { get; }

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => _codes.LongLength + _scales.LongLength * sizeof(float);

    /// <summary>[V + 1, d] row-major, −127 … 127.</summary>
    public ReadOnlyMemory<sbyte> Codes => _codes;

    /// <summary>[V + 1].</summary>
    public ReadOnlyMemory<float> Scales => _scales;

    /// <summary>Brings vectors to length 1 and quantises them.</summary>
    /// <param name="table">[V + 1, d] finite; rows of zeros for items without a vector, and for row 0, which is not read.</param>
    /// <param name="width">d.</param>
    /// <exception cref="ArgumentException">A size does not fit, or a value is not finite.</exception>
    public static ContentRows FromTable(ReadOnlySpan<float> table, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (table.Length % width != 0 || table.Length < width)
            throw new ArgumentException($"{table.Length} values in rows of {width}; give whole rows", nameof(table));
        var (codes, scales) = (new sbyte[table.Length], new float[table.Length / width]);
        var unit = new float[width];
        for (var item = 1; item < scales.Length; item++)
        {
            var row = table.Slice(item * width, width);
            double squares = 0;
            foreach (var value in row) squares += (double)value * value;
            var inverse = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
            for (var i = 0; i < width; i++) unit[i] = (float)(row[i] * inverse);
            scales[item] = Int8Quantisation.Quantise(unit, codes.AsSpan(item * width, width));
        }

        return new(width, codes, scales);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="file">Not trusted.</param>
    /// <param name="name">Of the content.</param>
    /// <param name="items">V.</param>
    /// <param name="width">d.</param>
    /// <exception cref="SafetensorsException">A tensor is missing, has another shape or type, or a value out of its range.</exception>
    public static ContentRows Read(SafetensorsFile file, string name, int items, int width)
    {
        var codes = file.Get(CodesName(name), items + 1, width).As<sbyte>().ToArray();
        var scales = file.Get(ScalesName(name), items + 1).As<float>().ToArray();
        return Fault(codes, scales) is { } fault
            ? throw new SafetensorsException($"content '{name}': {fault}; export the model again")
            : new(width, codes, scales);
    }

    /// <summary>Adds the tensors to a file.</summary>
    /// <param name="writer">Of the file.</param>
    /// <param name="name">Of the content.</param>
    public void Write(SafetensorsWriter writer, string name)
    {
        writer.Add<sbyte>(CodesName(name), _codes, _scales.Length, Width);
        writer.Add<float>(ScalesName(name), _scales, _scales.Length);
    }

    /// <summary>A row's values.</summary>
    /// <param name="item">0 … V.</param>
    /// <param name="row">[d] receives them.</param>
    public void Read(int item, Span<float> row) => Int8Quantisation.Dequantise(_codes.AsSpan(item * Width, Width), _scales[item], row);

    /// <summary>What is wrong with codes and scales, or null.</summary>
    internal static string? Fault(ReadOnlySpan<sbyte> codes, ReadOnlySpan<float> scales)
    {
        if (codes.Contains(sbyte.MinValue)) return $"a code is {sbyte.MinValue}, expected −127 to 127";
        return scales.ContainsAnyExceptInRange(0, GreatestScale)
            ? $"a scale is not 0 to {GreatestScale}, as those of vectors of length 1 are"
            : null;
    }

    internal static string CodesName(string name) => $"content.{name}.codes";

    internal static string ScalesName(string name) => $"content.{name}.scales";
}
