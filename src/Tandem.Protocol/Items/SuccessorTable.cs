using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Items;

/// <summary>
/// What tends to follow each item, counted in training: for item a its strongest successors b with c(a, b) ≈ code · scale of a. Three
/// bytes a pair where the catalogue has at most 65,535 items, five beyond. A table is checked when it is made and never changes.
/// </summary>
/// <remarks>
/// As tensors: <c>successors.ends</c> [V + 1] I32, row a being the pairs from ends[a − 1] to ends[a]; <c>successors.items</c> [pairs] U16
/// or I32, rising within a row; <c>successors.codes</c> [pairs] U8, 1 … 255; <c>successors.scales</c> [V + 1] F32.
/// </remarks>
public sealed class SuccessorTable
{
    /// <summary>Greatest scale of a row: far beyond any count, and no sum over a history can overflow.</summary>
    public const float GreatestScale = 1e20f;

    private const string EndsName = "successors.ends";
    private const string ItemsName = "successors.items";
    private const string CodesName = "successors.codes";
    private const string ScalesName = "successors.scales";

    private readonly int[] _ends;           // [V + 1]
    private readonly ushort[]? _narrow;     // [pairs], one of the two
    private readonly int[]? _wide;          // [pairs]
    private readonly byte[] _codes;         // [pairs]
    private readonly float[] _scales;       // [V + 1]

    private SuccessorTable(int[] ends, ushort[]? narrow, int[]? wide, byte[] codes, float[] scales)
    {
        (_ends, _narrow, _wide, _codes, _scales) = (ends, narrow, wide, codes, scales);
        for (var item = 1; item <= Items; item++) LongestRow = Math.Max(LongestRow, RowLength(item));
    }

    /// <summary>V.</summary>
    public int Items => _ends.Length - 1;

    /// <summary>Pairs over all items.</summary>
    public int Pairs => _codes.Length;

    /// <summary>Most successors of any item.</summary>
    public int LongestRow { get; }

    /// <summary>Successors of an item that are kept.</summary>
    /// <param name="item">1 … V.</param>
    public int RowLength(int item) => _ends[item] - _ends[item - 1];

    /// <summary>Bytes that it holds.</summary>
    public long SizeBytes =>
        _codes.LongLength * (_narrow is null ? sizeof(int) + 1 : sizeof(ushort) + 1) + _ends.LongLength * (sizeof(int) + sizeof(float));

    /// <summary>Quantises rows of counts.</summary>
    /// <param name="ends">[V + 1]: row a is pairs ends[a − 1] to ends[a]; ends[0] is 0.</param>
    /// <param name="items">[pairs] 1 … V, rising within a row.</param>
    /// <param name="counts">
    /// [pairs] above 0 and at most 255 · <see cref="GreatestScale"/>. Pairs below half a step of their row are dropped.
    /// </param>
    /// <exception cref="ArgumentException">The arrays are no such rows.</exception>
    public static SuccessorTable FromCounts(ReadOnlySpan<int> ends, ReadOnlySpan<int> items, ReadOnlySpan<float> counts)
    {
        if (items.Length != counts.Length)
            throw new ArgumentException($"{counts.Length} counts beside {items.Length} items; give one for each", nameof(counts));
        if (EndsFault(ends, items.Length) is { } fault) throw new ArgumentException(fault, nameof(ends));
        var (kept, codes) = (new List<int>(items.Length), new List<byte>(items.Length));
        var (newEnds, scales) = (new int[ends.Length], new float[ends.Length]);
        for (var item = 1; item < ends.Length; item++)
        {
            var row = counts[ends[item - 1]..ends[item]];
            scales[item] = ScaleOf(row);
            for (var i = 0; i < row.Length; i++)
            {
                var code = (byte)MathF.Round(row[i] / scales[item]);
                if (code == 0) continue;
                kept.Add(items[ends[item - 1] + i]);
                codes.Add(code);
            }

            newEnds[item] = kept.Count;
        }

        var V = ends.Length - 1;
        var table = V <= ushort.MaxValue
            ? new SuccessorTable(newEnds, [.. kept.Select(item => (ushort)item)], null, [.. codes], scales)
            : new SuccessorTable(newEnds, null, [.. kept], [.. codes], scales);
        if (kept.Exists(item => item < 1 || item > V)) throw new ArgumentException($"an item is outside 1 to {V}", nameof(items));
        return table.Fault() is { } wrong ? throw new ArgumentException(wrong, nameof(items)) : table;
    }

    /// <summary>True where a file holds such a table.</summary>
    public static bool IsIn(SafetensorsFile file) => file.Tensors.ContainsKey(EndsName);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="file">Not trusted.</param>
    /// <param name="items">V.</param>
    /// <exception cref="SafetensorsException">A tensor is missing, has another shape or type, or a value out of its range.</exception>
    public static SuccessorTable Read(SafetensorsFile file, int items)
    {
        var ends = file.Get(EndsName, items + 1).As<int>().ToArray();
        if (!file.Tensors.TryGetValue(CodesName, out var codes))
            throw new SafetensorsException($"tensor '{CodesName}' is missing; export the model again");
        var pairs = codes.Length;
        if (EndsFault(ends, pairs) is { } fault) throw new SafetensorsException($"tensor '{EndsName}': {fault}; export the model again");
        var stored = file.Get(ItemsName, pairs);
        var (narrow, wide) = stored.Holds<ushort>() ? (stored.As<ushort>().ToArray(), (int[]?)null) : (null, stored.As<int>().ToArray());
        var table = new SuccessorTable(
            ends, narrow, wide, codes.As<byte>().ToArray(), file.Get(ScalesName, items + 1).As<float>().ToArray());
        return table.Fault() is { } wrong ? throw new SafetensorsException($"successors: {wrong}; export the model again") : table;
    }

    /// <summary>Adds the tensors to a file.</summary>
    public void Write(SafetensorsWriter writer)
    {
        writer.Add<int>(EndsName, _ends, _ends.Length);
        if (_narrow is not null) writer.Add<ushort>(ItemsName, _narrow, _narrow.Length);
        else writer.Add<int>(ItemsName, _wide, _wide!.Length);
        writer.Add<byte>(CodesName, _codes, _codes.Length);
        writer.Add<float>(ScalesName, _scales, _scales.Length);
    }

    /// <summary>Adds weight · c(item, ·) to a sum.</summary>
    internal void AddRow(int item, float weight, SuccessorSum sum)
    {
        var (first, end) = (_ends[item - 1], _ends[item]);
        var codes = _codes.AsSpan(first..end);
        var step = weight * _scales[item];
        if (_narrow is not null) sum.Add(_narrow.AsSpan(first..end), codes, step);
        else sum.Add(_wide.AsSpan(first..end), codes, step);
    }

    /// <summary>c(item, other), 0 where other is none of the strongest successors.</summary>
    internal float Count(int item, int other)
    {
        var (first, length) = (_ends[item - 1], _ends[item] - _ends[item - 1]);
        var place = _narrow is not null
            ? other > ushort.MaxValue ? -1 : Array.BinarySearch(_narrow, first, length, (ushort)other)
            : Array.BinarySearch(_wide!, first, length, other);
        return place < 0 ? 0 : _scales[item] * _codes[place];
    }

    /// <summary>What is wrong with a pair or a scale, or null.</summary>
    private string? Fault()
    {
        for (var item = 1; item <= Items; item++)
        {
            if (_scales[item] is not (>= 0 and <= GreatestScale))
            {
                return $"the scale of item {item} is {_scales[item]}, expected 0 to "
                + $"{GreatestScale}";
            }

            for (var i = _ends[item - 1]; i < _ends[item]; i++)
            {
                if (Follower(i) < 1 || Follower(i) > Items) return $"item {item} is followed by item {Follower(i)}, expected 1 to {Items}";
                if (i > _ends[item - 1] && Follower(i) <= Follower(i - 1)) return $"the successors of item {item} do not rise";
                if (_codes[i] == 0) return $"a pair of item {item} has code 0, expected 1 to 255";
            }
        }

        return null;
    }

    private int Follower(int pair) => _narrow is not null ? _narrow[pair] : _wide![pair];

    private static string? EndsFault(ReadOnlySpan<int> ends, int pairs)
    {
        if (ends is not [0, ..]) return "rows do not begin at pair 0";
        for (var item = 1; item < ends.Length; item++)
        {
            if (ends[item] < ends[item - 1] || ends[item] > pairs)
                return $"row {item} ends at pair {ends[item]}, expected {ends[item - 1]} to {pairs}";
        }

        return ends[^1] == pairs ? null : $"rows end at pair {ends[^1]}, expected {pairs}";
    }

    private static float ScaleOf(ReadOnlySpan<float> counts)
    {
        var most = 0f;
        foreach (var count in counts)
        {
            if (!(count > 0 && float.IsFinite(count)))
                throw new ArgumentException($"a count is {count}, expected finite numbers above 0", nameof(counts));
            most = MathF.Max(most, count);
        }

        // Rounded down, the scale of subnormal counts could push a code beyond 255, or be 0.
        var scale = most / byte.MaxValue;
        return scale * byte.MaxValue < most ? MathF.BitIncrement(scale) : scale;
    }
}
