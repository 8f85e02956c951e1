using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// An int16 query that int8 rows are multiplied with; its last vector reaches back as a <see cref="RowOperand{TLanes}"/>'s.
/// </summary>
internal readonly ref struct Int8Operand<TLanes> where TLanes : struct, IInt8Lanes<TLanes>
{
    private readonly ref readonly short _query;
    private readonly nuint _whole;
    private readonly nuint _rest;
    private readonly bool _hasRest;
    private readonly TLanes _last;

    /// <param name="query">[D], D at least a vector.</param>
    public Int8Operand(ReadOnlySpan<short> query)
    {
        var rest = query.Length % TLanes.Count;
        _query = ref MemoryMarshal.GetReference(query);
        _whole = (nuint)(query.Length - rest);
        _rest = (nuint)(query.Length - TLanes.Count);
        _hasRest = rest != 0;
        _last = _hasRest ? TLanes.KeepLast(TLanes.LoadQuery(in _query, _rest), rest) : TLanes.Zero;
    }

    /// <summary>Products of four rows [D].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<int> Four(ref readonly sbyte row0, ref readonly sbyte row1, ref readonly sbyte row2, ref readonly sbyte row3)
    {
        var (sum0, sum1, sum2, sum3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (nuint i = 0; i < _whole; i += (nuint)TLanes.Count)
        {
            var query = TLanes.LoadQuery(in _query, i);
            sum0 = TLanes.MultiplyAdd(TLanes.LoadRow(in row0, i), query, sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.LoadRow(in row1, i), query, sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.LoadRow(in row2, i), query, sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.LoadRow(in row3, i), query, sum3);
        }

        if (_hasRest)
        {
            sum0 = TLanes.MultiplyAdd(TLanes.LoadRow(in row0, _rest), _last, sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.LoadRow(in row1, _rest), _last, sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.LoadRow(in row2, _rest), _last, sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.LoadRow(in row3, _rest), _last, sum3);
        }

        return TLanes.Totals(sum0, sum1, sum2, sum3);
    }

    /// <summary>The product of a row [D].</summary>
    public int One(ref readonly sbyte row)
    {
        var sum = TLanes.Zero;
        for (nuint i = 0; i < _whole; i += (nuint)TLanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.LoadRow(in row, i), TLanes.LoadQuery(in _query, i), sum);
        if (_hasRest) sum = TLanes.MultiplyAdd(TLanes.LoadRow(in row, _rest), _last, sum);
        return TLanes.Totals(sum, sum, sum, sum).ToScalar();
    }
}
