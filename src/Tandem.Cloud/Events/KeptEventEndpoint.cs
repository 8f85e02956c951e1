using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Events;

/// <summary><c>GET /v1/events</c>: what the devices of the key's app have reported.</summary>
/// <param name="store">Of events.</param>
internal sealed class KeptEventEndpoint(IStore store)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/events", (HttpContext context, KeptEventEndpoint endpoint, string? after) => endpoint.Answer(context, after))
        .WithName("keptEvents")
        .WithSummary("Events of the key's app in the order of their arrival, as one array that is sent as it is read.")
        .Produces<KeptEvent[]>();

    private IResult Answer(HttpContext context, string? after)
    {
        var first = 0L;
        if (after is not null && (!long.TryParse(after, out first) || first < 0))
            return new Refusal(RefusalKind.FieldInvalid, "'after' is no sequence: a whole number, 0 or more");
        return TypedResults.Json(
            ReadAsync(DeviceHeader.AppOf(context), first, context.RequestAborted), KeptEventJson.Default.IAsyncEnumerableKeptEvent);
    }

    private async IAsyncEnumerable<KeptEvent> ReadAsync(string app, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in store.Events.ReadAsync(app, after, cancel))
            yield return new(e.Sequence, e.Device.Id, e.Event.Id, e.Event.Item, e.Event.Time, e.Event.Value, e.Received);
    }
}
