using Tandem.Data;
using Tandem.Device;
using Tandem.Learning.Backbones;

namespace Tandem.Samples;

/// <summary>What has to hold for the program to end well.</summary>
internal static class Check
{
    /// <summary>How many did not hold; the program's exit code.</summary>
    public static int Failures { get; private set; }

    /// <summary>Says so where something does not hold.</summary>
    public static void That(bool holds, string fault)
    {
        if (holds) return;
        Failures++;
        Console.Error.WriteLine($"error: {fault}");
    }

    /// <summary>
    /// The greatest difference of any item's score between Torch, a device that takes the history in at once, and one that is asked after
    /// every event, as a share of the greatest score.
    /// </summary>
    /// <param name="torch">The model as trained.</param>
    /// <param name="device">The same out of a bundle.</param>
    /// <param name="history">At most a window of events.</param>
    public static double Difference(SequenceScorer torch, DeviceModel device, History history)
    {
        var expected = new float[torch.ItemCount + 1];
        torch.Score([history], expected);
        var (whole, stepwise) = (Session(device), Session(device));
        foreach (var item in history.Items.Span)
        {
            whole.Observe(item);
            stepwise.Observe(item);
            stepwise.Recommend(1, RankingMode.Device);
        }

        var greatest = expected.Skip(1).Max(MathF.Abs);
        return new[] { whole, stepwise }.SelectMany(session => session.Recommend(torch.ItemCount, RankingMode.Device))
            .Max(ranked => Math.Abs(ranked.DeviceScore - expected[ranked.Item])) / Math.Max(1.0, greatest);
    }

    private static DeviceSession Session(DeviceModel device) => new(device, new() { ExcludeConsumed = false });
}
