using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tandem.Device;
using Tandem.Device.DependencyInjection;
using Tandem.Device.Models;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the device runtime.</summary>
public static class TandemDeviceServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="DeviceModel"/> and a <see cref="DeviceSession"/>, both as singletons: one user on one device. The bundle is
    /// loaded when one of them is first asked for, and both may be used by any number of threads. A second call configures further and
    /// registers nothing.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets the bundle's folder, and the session's rules where the defaults do not fit.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// Asking for either service throws <see cref="OptionsValidationException"/> where no folder is set, and
    /// <see cref="Tandem.Protocol.Bundles.BundleException"/>, with the reason, where the folder holds no bundle that can be run.
    /// Asking for the session throws <see cref="InvalidDataException"/> where the event log is refused. Asking
    /// again tries again.
    /// </remarks>
    public static IServiceCollection AddTandemDevice(this IServiceCollection services, Action<TandemDeviceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TandemDeviceOptions>().Configure(configure).Validate(
            options => !string.IsNullOrWhiteSpace(options.BundleFolder),
            "TandemDeviceOptions.BundleFolder is empty; set it to the folder of manifest.json and model.safetensors");
        services.TryAddSingleton(provider => DeviceModel.Open(Options(provider).BundleFolder));
        services.TryAddSingleton(provider => Open(provider.GetRequiredService<DeviceModel>(), Options(provider)));
        return services;
    }

    private static DeviceSession Open(DeviceModel model, TandemDeviceOptions options)
    {
        if (options.EventLogFile is null) return new DeviceSession(model, options.Session);
        return DeviceSession.TryOpen(model, options.Session, options.EventLogFile, out var session, out var fault)
            ? session
            : throw new InvalidDataException(fault);
    }

    private static TandemDeviceOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<TandemDeviceOptions>>().Value;
}
