using System.Runtime.CompilerServices;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>Sums over x [n], n at least a vector: vector by vector from the left, then over the lanes.</summary>
internal static class Moments
{
    /// <summary>Σ xᵢ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<TLanes>(ref readonly float x, int length) where TLanes : struct, ILanes<TLanes>
    {
        var (sum, rest) = (TLanes.Zero, length % TLanes.Count);
        for (nuint i = 0; i < (nuint)(length - rest); i += (nuint)TLanes.Count) sum += TLanes.Load(in x, i);
        return TLanes.Sum(rest == 0 ? sum : sum + TLanes.KeepLast(TLanes.Load(in x, (nuint)(length - TLanes.Count)), rest));
    }

    /// <summary>Σ (xᵢ − mean)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumOfSquares<TLanes>(ref readonly float x, int length, float mean) where TLanes : struct, ILanes<TLanes>
    {
        var (sum, centre, rest) = (TLanes.Zero, TLanes.Broadcast(mean), length % TLanes.Count);
        for (nuint i = 0; i < (nuint)(length - rest); i += (nuint)TLanes.Count)
        {
            var centred = TLanes.Load(in x, i) - centre;
            sum = TLanes.MultiplyAdd(centred, centred, sum);
        }

        if (rest == 0) return TLanes.Sum(sum);
        var last = TLanes.KeepLast(TLanes.Load(in x, (nuint)(length - TLanes.Count)) - centre, rest);
        return TLanes.Sum(TLanes.MultiplyAdd(last, last, sum));
    }
}
