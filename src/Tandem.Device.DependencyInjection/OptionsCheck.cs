using Microsoft.Extensions.Options;

namespace Tandem.Device.DependencyInjection;

/// <summary>Names every fault of the options at once.</summary>
internal sealed class OptionsCheck : IValidateOptions<TandemDeviceOptions>, IValidateOptions<TandemSingleUserOptions>
{
    public ValidateOptionsResult Validate(string? name, TandemDeviceOptions options) => Result(
    [
        FolderFault(nameof(TandemDeviceOptions), options.BundleFolder),
        options.LogFolder is null || Directory.Exists(options.LogFolder)
            ? null
            : $"TandemDeviceOptions.LogFolder '{options.LogFolder}' is no folder; make it first, or leave it null to keep no events",
        options.SessionLimit >= 1 ? null : $"TandemDeviceOptions.SessionLimit is {options.SessionLimit}; expected at least 1",
        options.OpenTimeout > TimeSpan.Zero || options.OpenTimeout == Timeout.InfiniteTimeSpan
            ? null
            : $"TandemDeviceOptions.OpenTimeout is {options.OpenTimeout}; expected more than zero, or Timeout.InfiniteTimeSpan",
    ]);

    public ValidateOptionsResult Validate(string? name, TandemSingleUserOptions options) =>
        Result([FolderFault(nameof(TandemSingleUserOptions), options.BundleFolder)]);

    private static string? FolderFault(string type, string? folder) => string.IsNullOrWhiteSpace(folder)
        ? $"{type}.BundleFolder is empty; set it to the folder of manifest.json and model.safetensors"
        : null;

    private static ValidateOptionsResult Result(ReadOnlySpan<string?> faults)
    {
        var found = new List<string>();
        foreach (var fault in faults)
        {
            if (fault is not null) found.Add(fault);
        }

        return found.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(found);
    }
}
