using Tandem.Device;
using Tandem.Learning.Runs;
using Tandem.Protocol.Bundles;

namespace Tandem.Cli;

/// <summary>The device's model of a run.</summary>
internal static class RunDevice
{
    /// <summary>Opens the run's bundle, or another that holds the run's model.</summary>
    /// <param name="run">Folder of the run.</param>
    /// <param name="bundle">Folder of the bundle; null for the run's own.</param>
    /// <exception cref="RunException">There is no bundle, or it is another model's.</exception>
    /// <exception cref="BundleException">The bundle is damaged.</exception>
    public static DeviceModel Open(string run, string? bundle = null)
    {
        var folder = bundle ?? Path.Combine(run, RunBundle.FolderName);
        return DeviceModel.TryLoad(RunBundle.Open(run, folder), out var model, out var fault)
            ? model
            : throw new BundleException($"{folder}: {fault}");
    }
}
