using System.IO.Hashing;
using System.Runtime.InteropServices;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Experiments;

/// <summary>
/// Which arm a device is in: weighted rendezvous hashing. Each arm draws a number from the device's name, −ln(u) / share, and the least
/// has the device. So nothing has to be remembered, and where an arm's share grows, devices move into it and between no others.
/// </summary>
internal static class ArmChoice
{
    private const double Unit = 1.0 / (1L << 53);

    public static Arm Of(Experiment experiment, DeviceId device) =>
        experiment.Arms.MinBy(arm => -Math.Log(UniformOf(experiment.Name, arm.Name, device)) / arm.Share)!;

    /// <summary>The chance that a device is in an arm.</summary>
    public static double PropensityOf(Experiment experiment, Arm arm) => arm.Share / experiment.Arms.Sum(other => other.Share);

    /// <summary>In (0, 1). No name holds U+0000, so no two sets of names make one text.</summary>
    private static double UniformOf(string experiment, string arm, DeviceId device)
    {
        var text = $"{experiment}\0{arm}\0{device.App}\0{device.Id}";
        return ((XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan())) >> 11) + 0.5) * Unit;
    }
}
