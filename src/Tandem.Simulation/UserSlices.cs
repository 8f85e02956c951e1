using Tandem.Data.Evaluation;
using Tandem.Data.Metrics;
using Tandem.Data.Splits;

namespace Tandem.Simulation;

/// <summary>Parts of the test users: by what training tells of their targets, and by the length of their history.</summary>
/// <param name="split">Of the data.</param>
/// <param name="seed">Of the intervals.</param>
internal sealed class UserSlices(LeaveOneOut split, int seed)
{
    private const int Resamples = 2_000;

    // Each user is tested by one event.
    private readonly IReadOnlyList<(string Name, int[] Users)> _slices =
        [.. EventSlice.Of(split).Select(slice => (slice.Name, slice.Events.ToArray()))];

    /// <summary>A row on every part that has users.</summary>
    /// <param name="ndcg">[users] of the row.</param>
    /// <param name="device">[users] of the device alone; null where that is the row.</param>
    public IReadOnlyList<SliceRow> Of(double[] ndcg, double[]? device) =>
    [
        .. _slices.Where(slice => slice.Users.Length > 0).Select(slice =>
        {
            double[] mine = [.. slice.Users.Select(i => ndcg[i])];
            PairedDifference? interval = device is null
                ? null
                : PairedBootstrap.Compare(mine, [.. slice.Users.Select(i => device[i])], seed, Resamples);
            return new SliceRow(slice.Name, mine.Length, mine.Average(), interval);
        }),
    ];
}
