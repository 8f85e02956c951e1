using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Requests;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Models;

/// <summary><c>GET /v1/codes</c>: for devices that tell no items.</summary>
/// <param name="models">That are served.</param>
internal sealed class CodesEndpoint(ModelRegistry models)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/codes", (CodesEndpoint endpoint, string? model) => endpoint.Answer(model))
        .WithName("codes").WithSummary("A code for each item, for histories that name no items.").Produces<ItemCodeTable>();

    private IResult Answer(string? name)
    {
        if (models.Enter(name) is not { } model) return ModelRegistry.Unknown(name);
        try
        {
            return model.Codes is { } codes
                ? TypedResults.Json(codes.Table, MessageJson.Default.ItemCodeTable)
                : new Refusal(RefusalKind.NoCodes, "the service was started without codes of the items");
        }
        finally
        {
            model.Leave();
        }
    }
}
