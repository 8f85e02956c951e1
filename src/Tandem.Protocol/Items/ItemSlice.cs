using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Messages;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Items;

/// <summary>
/// The rows of some items out of a device model's item table, one byte an element, so that a device ranks a list without holding the
/// catalogue. A slice is checked when it is made: what holds one need not check it again.
/// </summary>
/// <remarks>
/// On the wire a safetensors file: <c>items</c> [N] I32, <c>codes</c> [N, D] I8, <c>scales</c> [N] F32, for each content of the model
/// <c>content.NAME.codes</c> [N, d] I8 and <c>content.NAME.scales</c> [N] F32, and the versions as metadata. 250 items of 64 dimensions
/// take about 18 KB. Tensors and metadata of a later version are skipped.
/// </remarks>
public sealed class ItemSlice
{
    /// <summary>N: most items of a slice, as many as a list may have.</summary>
    public const int MostItems = CandidateList.MostItems;

    private const string Format = "tandem.item-slice/1";
    private const string FormatKey = "format";
    private const string CatalogKey = "catalogVersion";
    private const string ModelKey = "modelVersion";

    private readonly int[] _items;      // [N]
    private readonly sbyte[] _codes;    // [N × D]
    private readonly float[] _scales;   // [N]
    private readonly Dictionary<string, SliceContent> _contents;

    private ItemSlice(
        string catalogVersion, string modelVersion, int width, int[] items, sbyte[] codes, float[] scales,
        Dictionary<string, SliceContent> contents)
    {
        (CatalogVersion, ModelVersion, Width) = (catalogVersion, modelVersion, width);
        (_items, _codes, _scales, _contents) = (items, codes, scales, contents);
    }

    /// <summary>The numbering of <see cref="Items"/>.</summary>
    public string CatalogVersion { get; }

    /// <summary>Version of the device model whose rows these are. Rows of two versions are points of two spaces: never mix them.</summary>
    public string ModelVersion { get; }

    /// <summary>D: elements of a row, at least 1.</summary>
    public int Width { get; }

    /// <summary>[N] item ids from 1, distinct, in any order. Only the catalogue knows their upper end.</summary>
    public ReadOnlySpan<int> Items => _items;

    /// <summary>[N] the scale of each row: 0 … <see cref="Int8Quantisation.GreatestScale"/>.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>[D] the codes of a row, −127 … 127; an element is code · scale.</summary>
    /// <param name="place">0 … N − 1, as in <see cref="Items"/>.</param>
    public ReadOnlySpan<sbyte> Codes(int place) => _codes.AsSpan(place * Width, Width);

    /// <summary>Names of the contents whose vectors it brings, in ordinal order.</summary>
    public IEnumerable<string> Contents => _contents.Keys.Order(StringComparer.Ordinal);

    /// <summary>The vectors of one content; null where the slice brings none.</summary>
    /// <param name="name">Of the content.</param>
    public SliceContent? Content(string name) => _contents.GetValueOrDefault(name);

    /// <summary>Cuts rows out of an item table and quantises them.</summary>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="modelVersion">Version of the bundle whose table it is.</param>
    /// <param name="items">[N] distinct ids, 1 … V, at most <see cref="MostItems"/>.</param>
    /// <param name="table">[(V + 1) × D] finite; row 0 is padding.</param>
    /// <param name="width">D.</param>
    /// <param name="contents">Contents of the model, whose vectors the slice brings too; null, the default, for none.</param>
    /// <exception cref="ArgumentException">An id, a value or a size is out of its range.</exception>
    public static ItemSlice FromTable(
        string catalogVersion, string modelVersion, ReadOnlySpan<int> items, ReadOnlySpan<float> table, int width,
        IReadOnlyList<JoinedContent>? contents = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(catalogVersion);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelVersion);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (ItemFault(items) is { } fault) throw new ArgumentException(fault, nameof(items));
        var rows = table.Length / width;
        if (items.ContainsAnyExceptInRange(1, rows - 1))
            throw new ArgumentException($"an item is outside 1..{rows - 1}, the rows of the table", nameof(items));

        var (codes, scales) = (new sbyte[items.Length * width], new float[items.Length]);
        for (var i = 0; i < items.Length; i++)
            scales[i] = Int8Quantisation.Quantise(table.Slice(items[i] * width, width), codes.AsSpan(i * width, width));
        var cut = new Dictionary<string, SliceContent>(StringComparer.Ordinal);
        foreach (var content in contents ?? []) cut.Add(content.Join.Name, SliceContent.Cut(content.Rows, items));
        return new ItemSlice(catalogVersion, modelVersion, width, items.ToArray(), codes, scales, cut);
    }

    /// <summary>Parses bytes from anywhere. Never throws, whatever they hold.</summary>
    /// <param name="bytes">The whole file; copied from.</param>
    /// <param name="slice">The checked slice, or null.</param>
    /// <param name="fault">What is wrong, without a final period, or null.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes,
        [NotNullWhen(true)] out ItemSlice? slice,
        [NotNullWhen(false)] out string? fault)
    {
        slice = null;
        if (!SafetensorsFile.TryParse(bytes, out var file, out fault)) return false;
        fault = FormatFault(file);
        if (fault is not null) return false;
        if (!TryTake(file, "items", TensorType.I32, rank: 1, out var items, out fault)
            || !TryTake(file, "codes", TensorType.I8, rank: 2, out var codes, out fault)
            || !TryTake(file, "scales", TensorType.F32, rank: 1, out var scales, out fault)
            || !SliceContent.TryReadAll(file, items.Length, out var contents, out fault))
        {
            return false;
        }

        var read = new ItemSlice(
            file.Metadata[CatalogKey],
            file.Metadata[ModelKey],
            codes.Shape[1],
            items.As<int>().ToArray(),
            codes.As<sbyte>().ToArray(),
            scales.As<float>().ToArray(),
            contents);
        fault = read.SizeFault(codes.Shape[0]) ?? ItemFault(read._items) ?? read.RowFault();
        if (fault is null) slice = read;
        return slice is not null;
    }

    /// <summary>The slice as a safetensors file; the same content gives the same bytes.</summary>
    public byte[] ToBytes()
    {
        var writer = new SafetensorsWriter
        {
            Metadata = { [FormatKey] = Format, [CatalogKey] = CatalogVersion, [ModelKey] = ModelVersion },
        };
        writer.Add<int>("items", _items, _items.Length);
        writer.Add<sbyte>("codes", _codes, _items.Length, Width);
        writer.Add<float>("scales", _scales, _items.Length);
        foreach (var name in Contents) _contents[name].Write(writer, name);
        return writer.ToArray();
    }

    private static string? FormatFault(SafetensorsFile file)
    {
        var format = file.Metadata.GetValueOrDefault(FormatKey);
        if (format != Format) return $"format {FaultText.Quote(format)}, this build reads '{Format}': no item slice, or update the app";
        foreach (var key in (ReadOnlySpan<string>)[CatalogKey, ModelKey])
            if (string.IsNullOrWhiteSpace(file.Metadata.GetValueOrDefault(key))) return $"the slice does not name its {key}";
        return null;
    }

    private static bool TryTake(
        SafetensorsFile file,
        string name,
        TensorType type,
        int rank,
        [NotNullWhen(true)] out TensorEntry? tensor,
        [NotNullWhen(false)] out string? fault)
    {
        if (!file.Tensors.TryGetValue(name, out tensor))
            fault = $"the slice has no tensor '{name}'";
        else if (tensor.Type != type || tensor.Shape.Length != rank)
            fault = $"tensor '{name}' is {tensor.Type} {FaultText.Shape(tensor.Shape.AsSpan())}, expected {type} of {rank} dimensions";
        else
            fault = null;
        return fault is null;
    }

    private string? SizeFault(int rows)
    {
        if (Width < 1) return "the rows have no elements, expected at least 1";
        return rows == _items.Length && rows == _scales.Length
            ? null
            : $"{_items.Length} items, {rows} rows and {_scales.Length} scales, expected as many of each";
    }

    private static string? ItemFault(ReadOnlySpan<int> items)
    {
        if (items.Length > MostItems) return $"{items.Length} items, expected at most {MostItems}";
        var seen = new HashSet<int>(items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i] < 1) return $"item {items[i]} at place {i} is below 1";
            if (!seen.Add(items[i])) return $"item {items[i]} at place {i} is there twice";
        }

        return null;
    }

    private string? RowFault()
    {
        if (_codes.AsSpan().Contains(sbyte.MinValue)) return $"a code is {sbyte.MinValue}, expected −127 to 127";
        for (var i = 0; i < _scales.Length; i++)
        {
            if (!(_scales[i] >= 0 && _scales[i] <= Int8Quantisation.GreatestScale))
                return $"scale {_scales[i]} of item {_items[i]} is not in 0 to {Int8Quantisation.GreatestScale}";
        }

        return null;
    }
}
