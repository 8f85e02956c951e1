using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Tandem.Cloud.Models;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Operations;

/// <summary>What an orchestrator asks: whether the process lives, and whether requests should come here.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live")).WithName("live").WithSummary("The process answers.");
        routes.MapGet("/health/ready", ReadyAsync).WithName("ready").WithSummary("Models are loaded and the store answers.");
    }

    private static async Task<IResult> ReadyAsync(ModelRegistry models, IStore store, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested || models.Current.Count == 0) return NotReady();
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            await store.ProbeAsync(patience.Token).ConfigureAwait(false);
            return Results.Text("ready");
        }
        catch (Exception) // whatever a store throws
        {
            return NotReady();
        }
    }

    private static IResult NotReady() => Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
}
