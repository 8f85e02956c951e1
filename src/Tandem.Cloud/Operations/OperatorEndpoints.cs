using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Data;
using Tandem.Learning.Runs;
using Tandem.Protocol.Bundles;

namespace Tandem.Cloud.Operations;

/// <summary>What an operator does: see and swap models, erase a user.</summary>
/// <param name="models">That are served.</param>
/// <param name="store">Of events.</param>
/// <param name="devices">Whose users are erased.</param>
/// <param name="options">What may be done.</param>
internal sealed class OperatorEndpoints(ModelRegistry models, IStore store, DeviceDirectory devices, OperatorOptions options)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", (OperatorEndpoints endpoints) => endpoints.Models())
            .WithName("models").WithSummary("The models that are served.").Produces<ModelStatus[]>();
        routes.MapPost("/v1/models/{name}", (HttpContext context, string name, OperatorEndpoints endpoints) =>
                endpoints.ServeAsync(context, name))
            .WithName("serve").WithSummary("Loads a run and serves it under the name.").Accepts<ServeRequest>("application/json")
            .Produces<ModelStatus[]>();
        routes.MapPost("/v1/models/{name}/rollback", (string name, string? from, OperatorEndpoints endpoints) =>
                endpoints.RollBack(name, from))
            .WithName("rollback")
            .WithSummary("Serves the version before again; with 'from' where that version serves, so that it may be sent twice.")
            .Produces<ModelStatus[]>();
        routes.MapDelete("/v1/apps/{app}/devices/{device}", (HttpContext context, string app, string device, OperatorEndpoints endpoints) =>
                endpoints.EraseAsync(context, app, device))
            .WithName("erase").WithSummary("Deletes all that is kept of a device's user.").Produces<ErasedEvents>();
    }

    private JsonHttpResult<ModelStatus[]> Models() => TypedResults.Json(
        models.Current.Select(model => model.Status).ToArray(), OperatorJson.Default.ModelStatusArray);

    private async Task<IResult> ServeAsync(HttpContext context, string name)
    {
        var body = await RequestBody<ServeRequest>.ReadAsync(context, OperatorJson.Default.ServeRequest, context.RequestAborted)
            .ConfigureAwait(false);
        if (!body.IsRead) return body.Refusal;
        if (models.Current.All(model => model.Name != name))
            return ModelRegistry.Unknown(name);
        if (EventCheck.Fault(body.Value.Run, ServeRequest.LongestRun) is { } fault)
            return new Refusal(RefusalKind.FieldInvalid, $"'run' {fault}");
        var run = Path.GetFullPath(body.Value.Run);
        if (!options.RunFolders.Any(folder => IsInside(run, folder)))
            return new Refusal(RefusalKind.ModelRefused, "the run lies in none of the folders that the service may load from");
        try
        {
            await models.ServeAsync(name, run, context.RequestAborted).ConfigureAwait(false);
            return Models();
        }
        catch (Exception e) when (e is RunException or DatasetException or BundleException or IOException)
        {
            return new Refusal(RefusalKind.ModelRefused, e.Message);
        }
    }

    private IResult RollBack(string name, string? from)
    {
        var isDone = from is not null && models.Current.Any(model => model.Name == name && model.Version != from);
        return isDone || models.RollBack(name) is not null
            ? Models()
            : new Refusal(RefusalKind.UnknownModel, "no version before the present one of this model is at hand");
    }

    private async Task<IResult> EraseAsync(HttpContext context, string app, string device)
    {
        if (app != DeviceHeader.AppOf(context))
            return new Refusal(RefusalKind.KeyScope, "the key is one of another app");
        if (EventCheck.Fault(device, DeviceId.LongestId) is { } fault)
            return new Refusal(RefusalKind.FieldInvalid, $"the device's id {fault}");
        var deleted = await store.Events.EraseAsync(new(app, device), context.RequestAborted).ConfigureAwait(false);
        await devices.ForgetAsync(new(app, device)).ConfigureAwait(false);
        return TypedResults.Json(new ErasedEvents(deleted), OperatorJson.Default.ErasedEvents);
    }

    private static bool IsInside(string path, string folder) =>
        path.StartsWith(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
