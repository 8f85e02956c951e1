using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Cluster;

/// <summary>Makes a process the home of devices: alone, or as one of a cluster.</summary>
internal static class SiloHost
{
    // A dead machine is left within some seconds: three probes of a second, told by two others where there are as many.
    private static readonly TimeSpan _probe = TimeSpan.FromSeconds(1);
    private const int MissedProbes = 3;
    private static readonly TimeSpan _refresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _idle = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _answer = TimeSpan.FromSeconds(3);

    /// <param name="builder">Of the process.</param>
    /// <param name="cluster">Null for a process alone.</param>
    /// <param name="store">Its address.</param>
    public static void Add(IHostApplicationBuilder builder, ClusterOptions? cluster, string store) => builder.UseOrleans(silo =>
    {
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = _idle);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = _answer);
        var port = cluster is { Port: > 0 } ? cluster.Port : FreePort(cluster?.Address ?? IPAddress.Loopback);
        if (cluster is null)
        {
            silo.UseLocalhostClustering(siloPort: port, gatewayPort: 0, serviceId: nameof(Tandem), clusterId: $"alone-{port}");
            silo.Configure<EndpointOptions>(endpoint => endpoint.GatewayPort = 0); // nobody calls from outside but over HTTP
            return;
        }

        silo.Configure<Orleans.Configuration.ClusterOptions>(names => (names.ServiceId, names.ClusterId) = (nameof(Tandem), cluster.Name));
        silo.ConfigureEndpoints(cluster.Address, port, gatewayPort: 0);
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = _probe;
            membership.NumMissedProbesLimit = MissedProbes;
            membership.TableRefreshTimeout = _refresh;
        });
        silo.Services.AddSingleton(_ => NpgsqlDataSource.Create(store[Store.PostgresPrefix.Length..]));
        silo.Services.AddSingleton<IMembershipTable>(
            provider => new PostgresMembership(provider.GetRequiredService<NpgsqlDataSource>(), cluster.Name));
    });

    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
