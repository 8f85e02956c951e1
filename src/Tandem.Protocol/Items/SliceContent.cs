using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Items;

/// <summary>The content vectors of a slice's items, for one content of the model. Checked when it is made.</summary>
public sealed class SliceContent
{
    private const string Prefix = "content.";
    private const string CodesSuffix = ".codes";

    private readonly sbyte[] _codes;    // [N × d]
    private readonly float[] _scales;   // [N]

    private SliceContent(int width, sbyte[] codes, float[] scales) => (Width, _codes, _scales) = (width, codes, scales);

    /// <summary>d.</summary>
    public int Width { get; }

    /// <summary>[N] the scale of each vector: 0 … <see cref="ContentRows.GreatestScale"/>.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>[d] the codes of a vector, −127 … 127.</summary>
    /// <param name="place">0 … N − 1, as in <see cref="ItemSlice.Items"/>.</param>
    public ReadOnlySpan<sbyte> Codes(int place) => _codes.AsSpan(place * Width, Width);

    /// <param name="rows">Of the catalogue.</param>
    /// <param name="items">[N] of the slice, checked against the catalogue here.</param>
    internal static SliceContent Cut(ContentRows rows, ReadOnlySpan<int> items)
    {
        var d = rows.Width;
        var (codes, scales) = (new sbyte[items.Length * d], new float[items.Length]);
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i] < 1 || items[i] > rows.Items)
                throw new ArgumentException($"item {items[i]} is outside 1..{rows.Items}, the content's rows", nameof(items));
            rows.Codes.Span.Slice(items[i] * d, d).CopyTo(codes.AsSpan(i * d));
            scales[i] = rows.Scales.Span[items[i]];
        }

        return new(d, codes, scales);
    }

    /// <summary>Every content of a slice's file.</summary>
    internal static bool TryReadAll(
        SafetensorsFile file, int items, [NotNullWhen(true)] out Dictionary<string, SliceContent>? contents,
        [NotNullWhen(false)] out string? fault)
    {
        (contents, fault) = (null, null);
        var read = new Dictionary<string, SliceContent>(StringComparer.Ordinal);
        foreach (var (tensor, codes) in file.Tensors)
        {
            if (!tensor.StartsWith(Prefix, StringComparison.Ordinal) || !tensor.EndsWith(CodesSuffix, StringComparison.Ordinal)) continue;
            if (tensor.Length <= Prefix.Length + CodesSuffix.Length) continue;
            var name = tensor[Prefix.Length..^CodesSuffix.Length];
            fault = FaultOf(file, name, codes, items, out var content);
            if (fault is not null) return false;
            if (read.Count == ContentJoin.MostContents) fault = $"more than {ContentJoin.MostContents} contents in one slice";
            if (fault is not null) return false;
            read.Add(name, content!);
        }

        contents = read;
        return true;
    }

    internal void Write(SafetensorsWriter writer, string name)
    {
        writer.Add<sbyte>(ContentRows.CodesName(name), _codes, _scales.Length, Width);
        writer.Add<float>(ContentRows.ScalesName(name), _scales, _scales.Length);
    }

    private static string? FaultOf(SafetensorsFile file, string name, TensorEntry codes, int items, out SliceContent? content)
    {
        content = null;
        var quoted = FaultText.Quote(name);
        if (codes.Type != TensorType.I8 || codes.Shape.Length != 2 || codes.Shape[0] != items || codes.Shape[1] < 1)
            return $"content {quoted} is {codes.Type} {FaultText.Shape(codes.Shape.AsSpan())}, expected I8 [{items} × 1 or more]";
        if (!file.Tensors.TryGetValue(ContentRows.ScalesName(name), out var scales) || scales.Type != TensorType.F32
            || scales.Shape.Length != 1 || scales.Shape[0] != items)
        {
            return $"content {quoted} has no scales F32 [{items}]";
        }

        var read = new SliceContent(codes.Shape[1], codes.As<sbyte>().ToArray(), scales.As<float>().ToArray());
        if (ContentRows.Fault(read._codes, read._scales) is { } fault) return $"content {quoted}: {fault}";
        content = read;
        return null;
    }
}
