using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>Rows of an item table, however stored, as float32: destination[t] = the item's row · multiplier + addend[t].</summary>
internal static class EmbeddingRows
{
    /// <param name="table">[V × D].</param>
    /// <param name="items">[T] rows, each in 0 … V − 1.</param>
    /// <param name="multiplier">√D, or 1.</param>
    /// <param name="addend">[T × D], as a rule the positions; or empty: zero.</param>
    /// <param name="destination">[T × D], apart from the inputs.</param>
    /// <exception cref="ArgumentOutOfRangeException">An item beyond the table.</exception>
    public static void Gather(
        ReadOnlySpan<float> table, ReadOnlySpan<int> items, float multiplier, ReadOnlySpan<float> addend, Span<float> destination) =>
        Gather<float, SingleFormat>(table, [], items, multiplier, addend, destination);

    /// <summary>From a table of fp16.</summary>
    /// <inheritdoc cref="Gather(ReadOnlySpan{float}, ReadOnlySpan{int}, float, ReadOnlySpan{float}, Span{float})"/>
    public static void Gather(
        ReadOnlySpan<Half> table, ReadOnlySpan<int> items, float multiplier, ReadOnlySpan<float> addend, Span<float> destination) =>
        Gather<Half, HalfFormat>(table, [], items, multiplier, addend, destination);

    /// <summary>From a table of int8: a number stands for itself times its row's scale.</summary>
    /// <param name="table">[V × D].</param>
    /// <param name="scales">[V].</param>
    /// <param name="items">[T] rows, each in 0 … V − 1.</param>
    /// <param name="multiplier">√D, or 1.</param>
    /// <param name="addend">[T × D], as a rule the positions; or empty: zero.</param>
    /// <param name="destination">[T × D], apart from the inputs.</param>
    /// <exception cref="ArgumentOutOfRangeException">An item beyond the table.</exception>
    public static void Gather(
        ReadOnlySpan<sbyte> table, ReadOnlySpan<float> scales, ReadOnlySpan<int> items, float multiplier, ReadOnlySpan<float> addend,
        Span<float> destination)
    {
        if (!items.IsEmpty) Shapes.RequireLength(table.Length, (long)scales.Length * (destination.Length / items.Length));
        Gather<sbyte, Int8Format>(table, scales, items, multiplier, addend, destination);
    }

    private static void Gather<T, TFormat>(
        ReadOnlySpan<T> table, ReadOnlySpan<float> scales, ReadOnlySpan<int> items, float multiplier, ReadOnlySpan<float> addend,
        Span<float> destination)
        where T : unmanaged
        where TFormat : struct, IStoredFormat<T>
    {
        var D = items.IsEmpty ? 0 : destination.Length / items.Length;
        Shapes.RequireLength(destination.Length, (long)items.Length * D);
        Shapes.RequireLengthOrNone(addend.Length, destination.Length);
        for (var t = 0; t < items.Length; t++)
        {
            var row = Row(table, items[t], D);
            var factor = scales.IsEmpty ? multiplier : scales[items[t]] * multiplier;
            Read<T, TFormat>(row, factor, addend.IsEmpty ? [] : addend.Slice(t * D, D), destination.Slice(t * D, D));
        }
    }

    private static ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> table, int item, int width)
    {
        var rows = table.Length / Math.Max(width, 1);
        if ((uint)item >= (uint)rows) throw new ArgumentOutOfRangeException(nameof(item), item, $"the table has {rows} rows");
        return table.Slice(item * width, width);
    }

    private static void Read<T, TFormat>(ReadOnlySpan<T> row, float factor, ReadOnlySpan<float> addend, Span<float> destination)
        where T : unmanaged
        where TFormat : struct, IStoredFormat<T>
    {
        if (Vector512.IsHardwareAccelerated && row.Length >= Lanes512.Count)
            Run<Lanes512, T, TFormat>(row, factor, addend, destination);
        else if (Vector256.IsHardwareAccelerated && row.Length >= Lanes256.Count)
            Run<Lanes256, T, TFormat>(row, factor, addend, destination);
        else if (Vector128.IsHardwareAccelerated && row.Length >= Lanes128.Count)
            Run<Lanes128, T, TFormat>(row, factor, addend, destination);
        else
            Scalar<T, TFormat>(row, factor, addend, destination);
    }

    /// <summary>destination = row · factor + addend; all of one length, the addend may be empty.</summary>
    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes, T, TFormat>(
        ReadOnlySpan<T> row, float factor, ReadOnlySpan<float> addend, Span<float> destination)
        where TLanes : struct, ILanes<TLanes>
        where T : unmanaged
        where TFormat : struct, IStoredFormat<T>
    {
        if (row.Length < TLanes.Count)
        {
            Scalar<T, TFormat>(row, factor, addend, destination);
            return;
        }

        ref var source = ref MemoryMarshal.GetReference(row);
        ref var shift = ref MemoryMarshal.GetReference(addend);
        ref var y = ref MemoryMarshal.GetReference(destination);
        var (scale, last) = (TLanes.Broadcast(factor), (nuint)(row.Length - TLanes.Count));
        for (nuint i = 0; ; i = nuint.Min(i + (nuint)TLanes.Count, last))
        {
            var value = TFormat.Load<TLanes>(in source, i);
            TLanes.Store(addend.IsEmpty ? value * scale : TLanes.MultiplyAdd(value, scale, TLanes.Load(in shift, i)), ref y, i);
            if (i == last) return;
        }
    }

    /// <summary>The oracle.</summary>
    internal static void Scalar<T, TFormat>(ReadOnlySpan<T> row, float factor, ReadOnlySpan<float> addend, Span<float> destination)
        where T : unmanaged
        where TFormat : struct, IStoredFormat<T>
    {
        for (var i = 0; i < row.Length; i++) destination[i] = TFormat.Load(row[i]) * factor + (addend.IsEmpty ? 0 : addend[i]);
    }
}
