using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Data.Metrics;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Successors;

/// <summary>
/// A target's rank under many joins at once. Only the items with a sum change their score, so of all others the best few suffice, and
/// a join costs one pass over some hundred items in place of the catalogue. Not for use by two threads at once.
/// </summary>
internal sealed class JoinedRanks
{
    /// <summary>Greatest rank that is told apart; all beyond it count as one.</summary>
    public const int Depth = 10;

    private readonly CountedSuccessors[] _forms;
    private readonly float[] _weights;
    private readonly SuccessorSum _sum;
    private readonly float[] _others;   // [V + 1] scores of items without a sum
    private readonly float[] _summed;      // [capacity] the model's scores of those with one
    private readonly float[] _bonus;    // [capacity] at weight 1

    /// <param name="table">Of the counts.</param>
    /// <param name="forms">Joins of weight 1.</param>
    /// <param name="weights">That each is tried with.</param>
    /// <param name="width">V + 1.</param>
    public JoinedRanks(SuccessorTable table, SuccessorJoin[] forms, double[] weights, int width)
    {
        _forms = [.. forms.Select(form => new CountedSuccessors(table, form))];
        _weights = [.. weights.Select(weight => (float)weight)];
        _sum = _forms[0].CreateSum();
        (_others, _summed, _bonus) = (new float[width], new float[_sum.Capacity], new float[_sum.Capacity]);
    }

    /// <summary>Ranks from 1; ties count against the target.</summary>
    /// <param name="history">Oldest first.</param>
    /// <param name="scores">[V + 1] the model's own; −∞ where an item is left out.</param>
    /// <param name="target">Its item.</param>
    /// <param name="ranks">[forms × weights]; more than <see cref="Depth"/> stands for any rank beyond.</param>
    public void Rank(ReadOnlySpan<int> history, ReadOnlySpan<float> scores, int target, Span<byte> ranks)
    {
        ranks.Fill(Depth + 1);
        if (scores[target] == float.NegativeInfinity) return;
        _sum.Read(history);
        var summed = _summed.AsSpan(0, _sum.Count);
        var bonus = _bonus.AsSpan(0, _sum.Count);
        scores.CopyTo(_others);
        for (var i = 0; i < summed.Length; i++) (summed[i], _others[_sum.Items[i]]) = (scores[_sum.Items[i]], float.NegativeInfinity);
        var own = _sum.IndexOf(target);
        if (own >= 0) summed[own] = float.NegativeInfinity;
        _others[target] = float.NegativeInfinity;
        Span<float> best = stackalloc float[Depth];
        best = best[..TopItems.Choose(_others, stackalloc int[Depth], best)];
        for (var form = 0; form < _forms.Length; form++)
        {
            _forms[form].Bonus(_sum, bonus);
            for (var w = 0; w < _weights.Length; w++)
            {
                var score = own < 0 ? scores[target] : scores[target] + bonus[own] * _weights[w];
                var above = 0;
                while (above < best.Length && best[above] >= score) above++;
                if (above < Depth) above += AtLeast(summed, bonus, _weights[w], score);
                ranks[form * _weights.Length + w] = (byte)Math.Min(1 + above, Depth + 1);
            }
        }
    }

    /// <summary>How many of scores + weight · bonus reach a value.</summary>
    private static int AtLeast(ReadOnlySpan<float> scores, ReadOnlySpan<float> bonus, float weight, float value)
    {
        ref var score = ref MemoryMarshal.GetReference(scores);
        ref var extra = ref MemoryMarshal.GetReference(bonus);
        var (least, counts, i) = (Vector256.Create(value), Vector256<int>.Zero, 0);
        for (; i <= scores.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var joined = Vector256.LoadUnsafe(ref score, (nuint)i) + Vector256.LoadUnsafe(ref extra, (nuint)i) * weight;
            counts -= Vector256.GreaterThanOrEqual(joined, least).AsInt32(); // −1 for true in each lane
        }

        var count = Vector256.Sum(counts);
        for (; i < scores.Length; i++) count += scores[i] + bonus[i] * weight >= value ? 1 : 0;
        return count;
    }
}
