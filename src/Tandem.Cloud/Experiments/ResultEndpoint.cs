using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Experiments;

/// <summary><c>GET /v1/experiments</c>: what runs and what it has shown.</summary>
/// <param name="experiments">That run.</param>
/// <param name="store">Of events and exposures.</param>
internal sealed class ResultEndpoint(IReadOnlyList<Experiment> experiments, IStore store)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/experiments", (ResultEndpoint endpoint) => endpoint.Running())
            .WithName("experiments").WithSummary("The experiments that run.").Produces<Experiment[]>();
        routes.MapGet("/v1/experiments/{name}", (HttpContext context, string name, ResultEndpoint endpoint) =>
                endpoint.ResultAsync(context, name))
            .WithName("experimentResult").WithSummary("What an experiment of the key's app has shown so far.").Produces<ExperimentResult>();
    }

    private JsonHttpResult<Experiment[]> Running() => TypedResults.Json(experiments.ToArray(), ExperimentJson.Default.ExperimentArray);

    private async Task<IResult> ResultAsync(HttpContext context, string name)
    {
        if (experiments.FirstOrDefault(experiment => experiment.Name == name) is not { } running)
            return new Refusal(RefusalKind.UnknownExperiment, "no experiment of this name runs; GET /v1/experiments lists them");
        var tally = await ArmTally.ReadAsync(store, DeviceHeader.AppOf(context), name, context.RequestAborted).ConfigureAwait(false);
        var result = ExperimentFigures.Of(name, running.Arms.Select(arm => arm.Name), tally);
        return TypedResults.Json(result, ExperimentJson.Default.ExperimentResult);
    }
}

/// <summary>JSON of experiments.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Experiment[]))]
[JsonSerializable(typeof(ExperimentResult))]
internal sealed partial class ExperimentJson : JsonSerializerContext;
