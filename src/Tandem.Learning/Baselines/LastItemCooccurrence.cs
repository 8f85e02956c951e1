using Tandem.Data;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Baselines;

/// <summary>
/// What tends to come after the last items: c(a, b) = Σ λ^(j − i − 1) over all pairs of a at place i and b at place j ≤ i + MaxLag
/// of one sequence, divided by (n_a n_b)^(α/2); an item's score is Σ ρ^k c(h_k, b) over a history's last items, the newest being
/// h_0. Only counts, and yet on Beauty (<c>loo</c>) its HR@10 is .085, where S3-Rec's authors (arXiv 2008.07873) report .061 for SASRec.
/// </summary>
public sealed class LastItemCooccurrence : IItemScorer
{
    private const string Name = "cooccurrence";

    private readonly LastItemCooccurrenceOptions _options;
    private readonly SparseRows _rows; // row a: c(a, ·)

    private LastItemCooccurrence(LastItemCooccurrenceOptions options, SparseRows rows) => (_options, _rows) = (options, rows);

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public int ItemCount => _rows.Items;

    /// <summary>Counts, in time and memory that grow with events × MaxLag at most.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <exception cref="ArgumentException">
    /// The options have faults, there are no items, or an event's item is not in the catalogue.
    /// </exception>
    /// <exception cref="Training.TrainingException">There are more pairs than an array can hold.</exception>
    public static LastItemCooccurrence Train(LastItemCooccurrenceOptions options, TrainingSequences sequences)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        var events = TrainingEvents.Read(sequences);
        return new(options, SparseRows.Build(events.Items, (item, row) => Count(options, events, item, row)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores) =>
        ParallelRows.Score(ItemCount, histories, scores, ScoreRow);

    /// <summary>
    /// Writes one safetensors file: the counts by rows, <c>row_ends</c> [V + 1] and <c>items</c> int32, <c>values</c> float32.
    /// </summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path) => BaselineFile.Write(path, Name, ItemCount, _options, _rows.Write);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SafetensorsException">The file is damaged, or holds another kind of model.</exception>
    public static LastItemCooccurrence Load(string path) => BaselineFile.Read(path, Name, file =>
        new LastItemCooccurrence(
            file.Options<LastItemCooccurrenceOptions>(options => options.Validate()), SparseRows.Read(file.Tensors, file.Items)));

    /// <summary>Adds up c(item, ·).</summary>
    internal static void Count(LastItemCooccurrenceOptions options, TrainingEvents events, int item, RowAccumulator row)
    {
        foreach (var e in events.EventsOf(item))
        {
            var before = events.Before(e);
            var after = events.After(e);
            var amount = 1.0;
            for (var lag = 1; lag <= options.MaxLag; lag++)
            {
                if (lag <= after.Length) row.Add(after[lag - 1], amount);
                if (options.Symmetric && lag <= before.Length) row.Add(before[^lag], amount);
                amount *= options.LagDecay;
            }
        }

        if (options.PopularityPower == 0) return;
        double Power(int of) => Math.Pow(events.CountOf(of), options.PopularityPower / 2);
        var own = Power(item);
        row.Map((other, sum) => sum / (own * Power(other)));
    }

    private void ScoreRow(ReadOnlySpan<int> history, Span<float> scores)
    {
        scores.Clear();
        var weight = 1.0;
        for (var k = 1; k <= Math.Min(_options.Recent, history.Length); k++)
        {
            _rows.AddRow(history[^k], (float)weight, scores);
            weight *= _options.RecencyDecay;
        }
    }
}
