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

    private readonly IReadOnlyList<(string Name, int[] Users)> _slices =
    [
        .. TargetSlice.Of(split).Select(slice => (slice.Name, slice.Events.ToArray())),
        .. new (int Least, int Most)[] { (0, 5), (6, 10), (11, int.MaxValue) }.Select(range => (
            range.Most == int.MaxValue ? $"history of {range.Least} events and more" : $"history of {range.Least} to {range.Most} events",
            Places(split, range.Least, range.Most))),
    ];

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

    private static int[] Places(LeaveOneOut split, int least, int most)
    {
        var users = split.EvaluatedUsers.ToArray();
        return [.. Enumerable.Range(0, users.Length).Where(i => split.TestHistory(users[i]).Length is var n && n >= least && n <= most)];
    }
}
