using System.Diagnostics.CodeAnalysis;

namespace Tandem.Protocol.Safetensors;

/// <summary>
/// Checks that the tensors cover the data part exactly. The format demands it: an overlap could alias tensors, and a hole
/// could carry bytes that nobody reads.
/// </summary>
internal static class DataLayout
{
    /// <summary>Sorts <paramref name="tensors"/> by offset and reports the first that does not begin where the last ended.</summary>
    public static bool IsExact(List<TensorHeader> tensors, long dataBytes, [NotNullWhen(false)] out string? fault)
    {
        // Empty tensors share their begin with the next one and go before it.
        tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));

        long covered = 0;
        foreach (var tensor in tensors)
        {
            fault = FaultOf(tensor, covered, dataBytes);
            if (fault is not null) return false;
            covered = tensor.End;
        }

        fault = covered == dataBytes ? null : $"bytes {covered} to {dataBytes} of the data belong to no tensor: a hole at the end";
        return fault is null;
    }

    private static string? FaultOf(TensorHeader tensor, long covered, long dataBytes)
    {
        var name = FaultText.Quote(tensor.Name);
        var shape = FaultText.Shape(tensor.Shape.AsSpan());
        if (tensor.Begin > tensor.End || tensor.End > dataBytes)
            return $"tensor {name} lies at bytes {tensor.Begin} to {tensor.End}, outside the {dataBytes} bytes of data";
        if (tensor.NeededBytes is not { } needed)
            return $"tensor {name} of shape {shape} overflows 64-bit sizes";
        if (needed != tensor.End - tensor.Begin)
            return $"tensor {name} has {tensor.End - tensor.Begin} bytes, but {tensor.Type.FormatName()} {shape} needs {needed}";
        if (tensor.Begin < covered)
            return $"tensor {name} begins at byte {tensor.Begin} and overlaps the one that ends at byte {covered}";
        if (tensor.Begin > covered)
            return $"bytes {covered} to {tensor.Begin} of the data belong to no tensor: a hole before {name}";
        return null;
    }
}
