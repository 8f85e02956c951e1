using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tandem.Protocol.Items;

/// <summary>Counts of successors as a part of a model: what follows what, and how it joins the scores.</summary>
/// <param name="Table">Counted in training.</param>
/// <param name="Join">Fitted on validation events.</param>
public sealed record CountedSuccessors(SuccessorTable Table, SuccessorJoin Join)
{
    private const double LeastTotal = 1e-30;

    /// <summary>Scratch for the sums of one history.</summary>
    public SuccessorSum CreateSum() => new(Table, Join.Recent, Join.RecencyDecay);

    /// <summary>What counts add to the scores: β ln(1 + x / (κ n)).</summary>
    /// <param name="sum">Of a history.</param>
    /// <param name="bonus">
    /// [sum.Count] receives what to add to the score of the item at the same place of the sum; finite, at least 0.
    /// </param>
    public void Bonus(SuccessorSum sum, Span<float> bonus)
    {
        var sums = sum.Sums;
        if (sums.IsEmpty) return;
        var (weight, inverse) = ((float)Join.Weight, (float)(1 / Join.Offset));
        if (Join.Shares) inverse /= Total(sums);
        ref var from = ref MemoryMarshal.GetReference(sums);
        ref var to = ref MemoryMarshal.GetReference(bonus[..sums.Length]);
        var i = 0;
        for (; i <= sums.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var x = Vector256.LoadUnsafe(ref from, (nuint)i);
            (Vector256.Log(Vector256<float>.One + x * inverse) * weight).StoreUnsafe(ref to, (nuint)i);
        }

        // By the vectors' logarithm too: equal sums get equal bits wherever they lie, so that ties stay ties.
        for (; i < sums.Length; i++) bonus[i] = (Vector256.Log(Vector256.Create(1 + sums[i] * inverse)) * weight).ToScalar();
    }

    /// <summary>Never so small that a share would be no finite number.</summary>
    private static float Total(ReadOnlySpan<float> sums)
    {
        var total = 0.0;
        foreach (var value in sums) total += value;
        return (float)Math.Max(total, LeastTotal);
    }
}
