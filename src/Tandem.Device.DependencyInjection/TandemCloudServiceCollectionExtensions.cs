using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tandem.Device;
using Tandem.Device.DependencyInjection;
using Tandem.Device.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the cloud service as devices see it.</summary>
public static class TandemCloudServiceCollectionExtensions
{
    // A service's address may move; connections that are kept would not notice.
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Adds the cloud service at an address as <see cref="ICloud"/>, a singleton for one device: over an HttpClient that takes compressed
    /// answers, follows no redirects, tries again where that may help, and leaves a service alone that is down. A second call configures
    /// further and registers nothing.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets address and device.</param>
    /// <returns>The client's builder, for handlers and settings of the app's own, such as a proxy.</returns>
    /// <remarks>
    /// <see cref="OptionsValidationException"/> names options that are refused, when the cloud is first asked for, or at a host's start.
    /// </remarks>
    public static IHttpClientBuilder AddTandemCloud(this IServiceCollection services, Action<TandemCloudOptions> configure)
    {
        Configure(services, configure);
        var builder = services.AddHttpClient(CloudPipeline.Name);
        if (services.Any(service => service.ServiceType == typeof(ICloud))) return builder;
        services.AddSingleton<ICloud>(provider => new HttpCloud(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(CloudPipeline.Name),
            provider.GetRequiredService<IOptions<TandemCloudOptions>>().Value.Http!));
        StartCheck.Add<ICloud>(services);
        builder.ConfigureHttpClient(static (provider, client) =>
        {
            client.BaseAddress = provider.GetRequiredService<IOptions<TandemCloudOptions>>().Value.Address;
            client.Timeout = Timeout.InfiniteTimeSpan; // the calls have deadlines of their own
        });
        builder.SetHandlerLifetime(Timeout.InfiniteTimeSpan); // the cloud keeps its client
        if (!OperatingSystem.IsBrowser()) builder.ConfigurePrimaryHttpMessageHandler(NewHandler);
        builder.AddHttpMessageHandler(static () => new RejectionHandler());
        builder.AddResilienceHandler(CloudPipeline.Name, static (pipeline, context) => CloudPipeline.Build(
            pipeline, context.ServiceProvider.GetRequiredService<IOptions<TandemCloudOptions>>().Value));
        return builder;
    }

    /// <summary>
    /// Adds an <see cref="EventOutbox"/> to an app on one person's device, into which its session puts what it observes, and an
    /// <see cref="EventSender"/>, which a host starts. Needs
    /// <see cref="TandemDeviceServiceCollectionExtensions.AddTandemDeviceSingleUser"/> and an <see cref="ICloud"/>. A second call
    /// configures further and registers nothing.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets the file.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException"><see cref="TandemDeviceServiceCollectionExtensions.AddTandemDevice"/> was called: an
    /// outbox is one user's.</exception>
    /// <remarks>
    /// A host opens the file at its start, and does not start where that fails: <see cref="InvalidDataException"/> says why the file is
    /// refused, <see cref="OptionsValidationException"/> names options that are.
    /// </remarks>
    public static IServiceCollection AddTandemEventOutbox(this IServiceCollection services, Action<TandemEventOutboxOptions> configure)
    {
        Configure(services, configure);
        if (services.Any(service => service.ServiceType == typeof(DeviceSessions)))
            throw new InvalidOperationException("an outbox is one user's, and these services hold the sessions of many");
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<TandemEventOutboxOptions>>().Value;
            var catalogVersion = provider.GetRequiredService<DeviceModel>().CatalogVersion;
            return EventOutbox.TryOpen(options.File, catalogVersion, options.Outbox, out var outbox, out var fault)
                ? outbox
                : throw new InvalidDataException(fault);
        });
        services.TryAddSingleton<EventSender>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EventSender>(
            static provider => provider.GetRequiredService<EventSender>()));
        StartCheck.Add<EventOutbox>(services);
        return services;
    }

    private static void Configure<TOptions>(IServiceCollection services, Action<TOptions> configure) where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TOptions>().Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IValidateOptions<TOptions>), typeof(CloudOptionsCheck)));
    }

    private static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = _connectionLifetime,
        UseCookies = false,
    };
}
