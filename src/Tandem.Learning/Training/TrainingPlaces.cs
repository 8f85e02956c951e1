using Tandem.Data;
using Tandem.Data.Batches;

namespace Tandem.Learning.Training;

/// <summary>
/// The places of training sequences at which a next item is predicted, counted through from 0: each event of a sequence but its last.
/// </summary>
internal sealed class TrainingPlaces
{
    private readonly TrainingSequences _sequences;

    /// <summary>[sequences + 1] the first place of each.</summary>
    private readonly int[] _firsts;

    /// <param name="sequences">What is learned.</param>
    public TrainingPlaces(TrainingSequences sequences)
    {
        (_sequences, _firsts) = (sequences, new int[sequences.Count + 1]);
        for (var s = 0; s < sequences.Count; s++) _firsts[s + 1] = checked(_firsts[s] + Math.Max(0, sequences[s].Length - 1));
    }

    /// <summary>P.</summary>
    public int Count => _firsts[^1];

    /// <summary>Of the sequences: places of others are not these.</summary>
    public string Hash => _sequences.Hash;

    /// <summary>What is known at a place, and what came next.</summary>
    public RankedCases Cases => new(Count, HistoryAt, TargetAt);

    /// <summary>[N] the places of a batch's targets.</summary>
    /// <param name="batch">Of the same sequences.</param>
    /// <param name="real">[N] where they lie among its B × T.</param>
    public long[] Of(SequenceBatch batch, long[] real) => Array.ConvertAll(real, place =>
    {
        var (row, step) = ((int)place / batch.Steps, (int)place % batch.Steps);
        return (long)_firsts[batch.Sequences[row]] + batch.Firsts[row] + step;
    });

    private History HistoryAt(int place)
    {
        var sequence = SequenceOf(place);
        return _sequences[sequence].First(place - _firsts[sequence] + 1);
    }

    private int TargetAt(int place)
    {
        var sequence = SequenceOf(place);
        return _sequences[sequence].Items.Span[place - _firsts[sequence] + 1];
    }

    /// <summary>The last sequence that begins at the place or before it: those without places begin where the next does.</summary>
    private int SequenceOf(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Count, nameof(place));
        var (low, high) = (0, _sequences.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_firsts[middle] <= place) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
