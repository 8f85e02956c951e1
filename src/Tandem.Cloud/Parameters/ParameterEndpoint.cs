using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Lists;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Parameters;

/// <summary><c>POST /v1/parameters</c>: a history → weights of the user's own.</summary>
/// <param name="models">That are served.</param>
/// <param name="limits">Of requests.</param>
internal sealed class ParameterEndpoint(ModelRegistry models, RequestLimits limits)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/parameters", (HttpContext context, ParameterEndpoint endpoint) => endpoint.AnswerAsync(context))
        .WithName("parameters").WithSummary("Weights made for a user, in the place of some of a bundle's.")
        .Accepts<ParameterRequest>("application/json").Produces<ParameterAnswer>();

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        using var deadline = RequestDeadline.Of(context, limits.Deadline, out var refusal);
        if (refusal is not null) return refusal;
        var body = await RequestBody<ParameterRequest>.ReadAsync(context, MessageJson.Default.ParameterRequest, deadline.Token)
            .ConfigureAwait(false);
        if (!body.IsRead) return body.Refusal;
        var request = body.Value;
        if (models.EnterBundle(request.ModelVersion) is not { } model)
        {
            return new Refusal(
                RefusalKind.OtherModel, "no model that is served has a bundle of the device's version; fetch the bundle again");
        }

        try
        {
            return await AnswerAsync(model, request, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            model.Leave();
        }
    }

    /// <summary>Puts items in the place of codes.</summary>
    private static bool TryNumber(ServedModel model, ref ParameterRequest request, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (!request.TryValidate(model.Catalog.Count, out var fault))
        {
            refusal = new(RefusalKind.FieldInvalid, fault);
            return false;
        }

        (var items, refusal) = model.ReadCodes(request.Coded!);
        request = request with { Coded = null, History = items };
        return refusal is null;
    }

    private static async Task<IResult> AnswerAsync(ServedModel model, ParameterRequest request, CancellationToken cancel)
    {
        if (model.Parameters is null)
            return new Refusal(RefusalKind.NoParameters, "the model was trained without --parameters");
        if (request.CatalogVersion != model.Catalog.Version)
        {
            return new Refusal(
                RefusalKind.OtherCatalog, $"the model numbers items by catalogue {model.Catalog.Version}; fetch the bundle again");
        }

        if (request.Coded is not null && !TryNumber(model, ref request, out var unread)) return unread;
        if (request.History.Count is 0 or > ListRequest.MostEvents)
        {
            return new Refusal(
                RefusalKind.FieldInvalid, $"{request.History.Count} events, expected 1 to {ListRequest.MostEvents}: send the newest");
        }

        if (!request.TryValidate(model.Catalog.Count, out var fault)) return new Refusal(RefusalKind.FieldInvalid, fault);
        if (!model.Parameters.TryAsk(request, cancel, out var made))
        {
            return new Refusal(
                RefusalKind.QueueFull, $"{model.Parameters.Waiting} requests wait for the model; ask again later",
                model.Parameters.ExpectedWait);
        }

        var packet = await made.ConfigureAwait(false);
        ServiceMeter.Parameters.Add(1);
        return TypedResults.Json(new ParameterAnswer { Packet = packet }, MessageJson.Default.ParameterAnswer);
    }
}
