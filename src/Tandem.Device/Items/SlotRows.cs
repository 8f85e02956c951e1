using Tandem.Device.Storage;

namespace Tandem.Device.Items;

/// <summary>int8 rows by slot, of which each can be replaced.</summary>
/// <param name="capacity">Slots.</param>
/// <param name="width">D.</param>
internal sealed class SlotRows(int capacity, int width)
{
    private readonly sbyte[] _codes = new sbyte[checked(capacity * width)];
    private readonly float[] _scales = new float[capacity];
    private QuantisedRows? _rows;

    /// <summary>D.</summary>
    public int Width => width;

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes => _codes.LongLength + _scales.LongLength * sizeof(float);

    /// <summary>The rows as they are scored.</summary>
    public QuantisedRows Rows => _rows ??= new(_codes, _scales, width);

    /// <summary>Replaces a row.</summary>
    public void Put(int slot, ReadOnlySpan<sbyte> codes, float scale)
    {
        codes.CopyTo(_codes.AsSpan(slot * width, width));
        _scales[slot] = scale;
    }

    /// <summary>Writes the rows of chosen slots.</summary>
    /// <param name="writer">Of a snapshot.</param>
    /// <param name="name">Before <c>.scales</c> and <c>.codes</c>.</param>
    /// <param name="slots">In the order in which they are written.</param>
    public void Save(SnapshotWriter writer, string name, int[] slots)
    {
        writer.Add<float>($"{name}.scales", [.. slots.Select(slot => _scales[slot])]);
        writer.Add<sbyte>($"{name}.codes", [.. slots.SelectMany(slot => _codes[(slot * width)..((slot + 1) * width)])]);
    }

    /// <summary>Finds rows that <see cref="Save"/> wrote; false where they are not so many rows of codes within ±127 and scales in
    /// their range.</summary>
    /// <param name="reader">Of a snapshot.</param>
    /// <param name="name">As they were saved.</param>
    /// <param name="count">Rows.</param>
    /// <param name="greatestScale">Of a row.</param>
    /// <param name="codes">[count × D].</param>
    /// <param name="scales">[count].</param>
    public bool TryFind(
        SnapshotReader reader, string name, int count, float greatestScale, out ReadOnlySpan<sbyte> codes, out ReadOnlySpan<float> scales)
    {
        codes = default;
        return reader.TryGet($"{name}.scales", out scales) && reader.TryGet($"{name}.codes", out codes)
            && scales.Length == count && codes.Length == (long)count * width && !codes.Contains(sbyte.MinValue)
            && !scales.ContainsAnyExceptInRange(0, greatestScale);
    }
}
