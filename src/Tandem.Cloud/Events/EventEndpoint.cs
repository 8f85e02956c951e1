using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Events;

/// <summary><c>POST /v1/events</c>: what a device saw, kept before it is acknowledged.</summary>
/// <param name="models">Whose catalogues name the items.</param>
/// <param name="store">Keeps them.</param>
/// <param name="devices">Remember them.</param>
/// <param name="limits">Of requests.</param>
/// <param name="time">The clock.</param>
internal sealed class EventEndpoint(
    ModelRegistry models, IStore store, DeviceDirectory devices, RequestLimits limits, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/events", (HttpContext context, EventEndpoint endpoint) => endpoint.AnswerAsync(context))
        .WithName("events").WithSummary("Events of a device. The same events may be sent again: each counts once.")
        .Accepts<EventBatch>("application/json").Produces<EventReceipt>();

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        if (!DeviceHeader.TryRead(context, out var device, out var refusal)) return refusal;
        using var deadline = RequestDeadline.Of(context, limits.Deadline, out refusal);
        if (refusal is not null) return refusal;
        var body = await RequestBody<EventBatch>.ReadAsync(context, MessageJson.Default.EventBatch, deadline.Token).ConfigureAwait(false);
        if (!body.IsRead) return body.Refusal;
        if (!TryName(body.Value, out var events, out refusal)) return refusal!;
        var receipt = await store.Events.AppendAsync(device, events, time.GetUtcNow().ToUnixTimeSeconds(), deadline.Token)
            .ConfigureAwait(false);
        if (receipt.Added > 0) devices.Observed(device, events);
        ServiceMeter.Events.Add(receipt.Added, new KeyValuePair<string, object?>("new", true));
        ServiceMeter.Events.Add(receipt.Known, new KeyValuePair<string, object?>("new", false));
        return TypedResults.Json(receipt, MessageJson.Default.EventReceipt);
    }

    /// <summary>Items by key, which outlive the numbering of a catalogue.</summary>
    private bool TryName(EventBatch batch, out NewEvent[] events, out Refusal? refusal)
    {
        (events, refusal) = ([], null);
        if (models.CatalogOf(batch.CatalogVersion) is not { } catalog)
        {
            refusal = new(
                RefusalKind.OtherCatalog, "no model that is served numbers items by the device's catalogue; fetch the bundle again");
            return false;
        }

        if (!batch.TryValidate(catalog.Count, out var fault)) refusal = new(RefusalKind.FieldInvalid, fault);
        else events = [.. batch.Events.Select(e => new NewEvent(e.Id, catalog[e.Item].Key, e.Time, e.Value))];
        if (refusal is null && EventCheck.FaultOf(events) is { } kept) refusal = new(RefusalKind.FieldInvalid, kept);
        return refusal is null;
    }
}
