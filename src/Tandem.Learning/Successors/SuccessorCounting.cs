using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Successors;

/// <summary>Counts the strongest successors of every item, as the baseline <see cref="LastItemCooccurrence"/> counts them all.</summary>
public static class SuccessorCounting
{
    /// <param name="options">What of a pair counts, and how many are kept.</param>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <param name="smoothing">What items that are alike lend each other; null, the default, for plain counts.</param>
    /// <exception cref="ArgumentException">
    /// The options have faults, there are no items, or an event's item is not in the catalogue.
    /// </exception>
    public static SuccessorTable Count(SuccessorOptions options, TrainingSequences sequences, SuccessorSmoothing? smoothing = null)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        var counting = new LastItemCooccurrenceOptions
        {
            MaxLag = options.MaxLag,
            LagDecay = options.LagDecay,
            PopularityPower = options.PopularityPower,
        };
        var events = TrainingEvents.Read(sequences);
        var plain = smoothing is null
            ? null
            : SparseRows.Build(events.Items, (item, row) => LastItemCooccurrence.Count(counting, events, item, row));
        var rows = SparseRows.Build(events.Items, (item, row) =>
        {
            if (plain is null) LastItemCooccurrence.Count(counting, events, item, row);
            else smoothing!.Count(plain, item, row);
            row.KeepLargest(options.Count); // of equal counts those of smaller ids, which are drawn at random
        });
        return SuccessorTable.FromCounts(rows.Ends, rows.AllItems, rows.AllValues);
    }
}
