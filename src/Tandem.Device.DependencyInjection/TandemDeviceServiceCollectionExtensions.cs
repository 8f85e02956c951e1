using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tandem.Device;
using Tandem.Device.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the device runtime.</summary>
public static class TandemDeviceServiceCollectionExtensions
{
    /// <summary>
    /// Adds what a server needs: a <see cref="DeviceModel"/> that all users share, and <see cref="DeviceSessions"/>, which lends each user
    /// a session of their own. Both are singletons for any number of threads. A second call configures further and registers nothing.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets the bundle's folder, and the rest where the defaults do not fit.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddTandemDeviceSingleUser"/> was called.</exception>
    /// <remarks>
    /// A host opens the bundle at its start, and does not start where that fails; without a host it is opened when a service is first asked
    /// for. <see cref="OptionsValidationException"/> names options that are refused, <see cref="Tandem.Protocol.Bundles.BundleException"/>
    /// says why the folder holds no bundle that can be run.
    /// </remarks>
    public static IServiceCollection AddTandemDevice(this IServiceCollection services, Action<TandemDeviceOptions> configure)
    {
        Configure(services, configure);
        RefuseBoth<DeviceSession>(services);
        services.TryAddSingleton(provider => DeviceModel.Open(Options<TandemDeviceOptions>(provider).BundleFolder));
        services.TryAddSingleton(provider =>
        {
            var options = Options<TandemDeviceOptions>(provider);
            return new DeviceSessions(provider.GetRequiredService<DeviceModel>(), options);
        });
        StartCheck.Add<DeviceSessions>(services);
        return services;
    }

    /// <summary>
    /// Adds what an app on one person's device needs: a <see cref="DeviceModel"/> and a <see cref="DeviceSession"/>, both as singletons.
    /// <b>Never on a server</b>: all its users would share one history, and each would be shown what the others did. A second call
    /// configures further and registers nothing.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets the bundle's folder, and the rest where the defaults do not fit.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddTandemDevice"/> was called.</exception>
    /// <remarks>
    /// A host opens bundle and log at its start, and does not start where that fails; without a host they are opened when a service is
    /// first asked for, and asking again tries again. <see cref="OptionsValidationException"/> names options that are refused,
    /// <see cref="Tandem.Protocol.Bundles.BundleException"/> says why the folder holds no bundle that can be run, and
    /// <see cref="InvalidDataException"/> why the event log is refused.
    /// </remarks>
    public static IServiceCollection AddTandemDeviceSingleUser(this IServiceCollection services, Action<TandemSingleUserOptions> configure)
    {
        Configure(services, configure);
        RefuseBoth<DeviceSessions>(services);
        services.TryAddSingleton(provider => DeviceModel.Open(Options<TandemSingleUserOptions>(provider).BundleFolder));
        services.TryAddSingleton(provider =>
        {
            var options = Options<TandemSingleUserOptions>(provider);
            var outbox = provider.GetService<EventOutbox>();
            var session = Open(provider.GetRequiredService<DeviceModel>(), options);
            session.Outbox = outbox;
            return session;
        });
        StartCheck.Add<DeviceSession>(services);
        return services;
    }

    private static void Configure<TOptions>(IServiceCollection services, Action<TOptions> configure) where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TOptions>().Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IValidateOptions<TOptions>), typeof(OptionsCheck)));
    }

    private static void RefuseBoth<TOther>(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(TOther)))
        {
            throw new InvalidOperationException(
                $"these services hold a {typeof(TOther).Name} already; call AddTandemDevice where there are many users, "
                + "AddTandemDeviceSingleUser where there is one");
        }
    }

    private static DeviceSession Open(DeviceModel model, TandemSingleUserOptions options)
    {
        if (options.EventLogFile is null) return new DeviceSession(model, options.Session);
        return DeviceSession.TryOpen(model, options.Session, options.EventLogFile, out var session, out var fault)
            ? session
            : throw new InvalidDataException(fault);
    }

    private static TOptions Options<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        IServiceProvider provider)
        where TOptions : class => provider.GetRequiredService<IOptions<TOptions>>().Value;
}
