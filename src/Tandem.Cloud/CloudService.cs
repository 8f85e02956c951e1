using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Scalar.AspNetCore;
using Tandem.Cloud.Access;
using Tandem.Cloud.Bundles;
using Tandem.Cloud.Cluster;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Events;
using Tandem.Cloud.Experiments;
using Tandem.Cloud.Lists;
using Tandem.Cloud.Models;
using Tandem.Cloud.Operations;
using Tandem.Cloud.Parameters;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud;

/// <summary>The cloud's side of the loop as a service over HTTP.</summary>
public static class CloudService
{
    private const string RankerMeters = "Tandem.Chat"; // of a library that the service does not know, where a program brings it
    private static readonly TimeSpan _headersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _shutdown = TimeSpan.FromSeconds(20); // requests under way are answered within their deadline

    /// <summary>Opens the store, loads the models and makes the service; it listens when it is started.</summary>
    /// <param name="options">Of the service.</param>
    /// <param name="configure">Changes what the host logs or registers; null for nothing.</param>
    /// <param name="cancel">Ends the loading.</param>
    /// <exception cref="CloudOptionsException">The options have faults; the message names them all.</exception>
    /// <exception cref="SigningKeyException">There is no signing key in its file.</exception>
    /// <exception cref="StoreException">The store cannot be used.</exception>
    /// <exception cref="Tandem.Learning.Runs.RunException">A run cannot be served.</exception>
    public static async Task<WebApplication> CreateAsync(
        CloudOptions options, Action<WebApplicationBuilder>? configure = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate().ToArray() is [_, ..] faults)
            throw new CloudOptionsException("the service cannot start: " + string.Join("; ", faults));
        var signer = options.SigningKey is null ? null : BundleSigner.Open(options.SigningKey);
        var store = await Store.OpenAsync(options.Store, cancel: cancel).ConfigureAwait(false);
        var models = new ModelRegistry(options.Queue, options.Privacy, signer, options.Ranker, TimeProvider.System);
        try
        {
            foreach (var (name, run) in options.Models) await models.ServeAsync(name, run, cancel).ConfigureAwait(false);
            RequireOneCatalog(options.Experiments, models);
            return Build(options, store, models, configure);
        }
        catch
        {
            await models.DisposeAsync().ConfigureAwait(false);
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The models that a service has loaded.</summary>
    public static IReadOnlyList<ModelStatus> ModelsOf(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return [.. app.Services.GetRequiredService<ModelRegistry>().Current.Select(model => model.Status)];
    }

    /// <summary>A device is in one arm for good, so all models that arms have number items alike.</summary>
    private static void RequireOneCatalog(IReadOnlyList<Experiment> experiments, ModelRegistry models)
    {
        var served = models.Current;
        foreach (var arm in experiments.SelectMany(experiment => experiment.Arms).Where(arm => arm.Model is not null))
        {
            var own = served.First(model => model.Name == arm.Model).Catalog.Version;
            if (own != served[0].Catalog.Version)
            {
                throw new CloudOptionsException(
                    $"the service cannot start: Experiments: the arm {arm.Name} has a model with catalogue {own}, the first model has "
                    + $"{served[0].Catalog.Version}; models of arms are trained on the same items");
            }
        }
    }

    private static WebApplication Build(
        CloudOptions options, IStore store, ModelRegistry models, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(CloudService).Assembly.GetName().Name });
        builder.WebHost.UseUrls([.. options.Urls]).UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, options));
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        AddServices(builder.Services, options, store, models);
        SiloHost.Add(builder, options.Cluster, options.Store);
        configure?.Invoke(builder);
        var app = builder.Build();
        // Before what the container closes: requests under way may still need both.
        app.Lifetime.ApplicationStopped.Register(() => CloseAsync(models, store).GetAwaiter().GetResult());
        app.UseFaultBoundary(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(ServiceMeter.Name));
        PageOrigins.Use(app, options.Access.Origins);
        app.UseResponseCompression();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        Map(app);
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, CloudOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Limits.LongestBody;
        kestrel.Limits.RequestHeadersTimeout = _headersTimeout;
    }

    private static void AddServices(IServiceCollection services, CloudOptions options, IStore store, ModelRegistry models)
    {
        services.AddSingleton(options.Access).AddSingleton(options.Limits).AddSingleton(options.Devices);
        services.AddSingleton(options.Retention).AddSingleton(options.Operators);
        services.AddSingleton(store).AddSingleton(models).AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ListCache(options.Cache, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ApiKeys(store.Keys, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(options.Lists).AddSingleton(options.Experiments);
        services.AddSingleton<UnavailableItems>().AddSingleton<ListMaker>().AddSingleton<ItemEndpoints>().AddSingleton<ExplainEndpoint>();
        services.AddSingleton<ExposureLog>().AddSingleton<AssignmentEndpoint>().AddSingleton<ResultEndpoint>();
        services.AddSingleton<ListEndpoint>().AddSingleton<ParameterEndpoint>().AddSingleton<EventEndpoint>()
            .AddSingleton<KeptEventEndpoint>().AddSingleton<CodesEndpoint>();
        services.AddSingleton<DeviceDirectory>().AddSingleton<BundleEndpoints>().AddSingleton<OperatorEndpoints>();
        services.AddHostedService<EventRetention>();
        services.AddOpenApi(ApiDocument.Configure);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ListJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, OperatorJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(2, MessageJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(3, ExperimentJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(4, KeptEventJson.Default);
        });
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true; // nothing secret is echoed beside what a caller chooses
            compression.MimeTypes = ResponseCompressionDefaults.MimeTypes.Append("application/problem+json");
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = _shutdown);
        ApiAccess.Add(services, options.Access);
        PageOrigins.Add(services, options.Access.Origins);
        if (options.Telemetry is { } address)
        {
            services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddMeter(ServiceMeter.Name, RankerMeters).AddAspNetCoreInstrumentation())
                .WithTracing(traces => traces.AddAspNetCoreInstrumentation())
                .UseOtlpExporter(OpenTelemetry.Exporter.OtlpExportProtocol.Grpc, address);
        }
    }

    private static void Map(WebApplication app)
    {
        HealthEndpoints.Map(app);
        app.MapOpenApi();
        app.MapScalarApiReference("/docs");
        var devices = app.MapGroup("").RequireAuthorization(ApiAccess.Device).WithRefusals();
        ListEndpoint.Map(devices);
        ParameterEndpoint.Map(devices);
        BundleEndpoints.Map(devices);
        EventEndpoint.Map(devices);
        ExplainEndpoint.Map(devices);
        CodesEndpoint.Map(devices);
        AssignmentEndpoint.Map(devices);
        var operators = app.MapGroup("").RequireAuthorization(ApiAccess.Operator).WithRefusals();
        OperatorEndpoints.Map(operators);
        KeptEventEndpoint.Map(operators);
        ItemEndpoints.Map(operators);
        ResultEndpoint.Map(operators);
    }

    private static async Task CloseAsync(ModelRegistry models, IStore store)
    {
        await models.DisposeAsync().ConfigureAwait(false);
        await store.DisposeAsync().ConfigureAwait(false);
    }
}
