using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Lists;

/// <summary><c>/v1/items/unavailable</c>: what an app has none of, and so no list holds.</summary>
/// <param name="store">Keeps it.</param>
/// <param name="unavailable">As lists see it.</param>
internal sealed class ItemEndpoints(IStore store, UnavailableItems unavailable)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/items/unavailable", (HttpContext context, ItemEndpoints endpoints) => endpoints.ListAsync(context))
            .WithName("unavailable").WithSummary("Keys of the items that the key's app has none of.").Produces<ItemMarks>();
        routes.MapPost("/v1/items/unavailable", (HttpContext context, ItemEndpoints endpoints) => endpoints.MarkAsync(context))
            .WithName("mark").WithSummary("Marks items as unavailable or available; other machines see it within ten seconds.")
            .Accepts<ItemMarks>("application/json").Produces<ItemMarks>();
    }

    private async Task<IResult> ListAsync(HttpContext context) =>
        Answer(await store.Items.UnavailableAsync(DeviceHeader.AppOf(context), context.RequestAborted).ConfigureAwait(false));

    private async Task<IResult> MarkAsync(HttpContext context)
    {
        var body = await RequestBody<ItemMarks>.ReadAsync(context, ListJson.Default.ItemMarks, context.RequestAborted)
            .ConfigureAwait(false);
        if (!body.IsRead) return body.Refusal;
        if (FaultOf(body.Value) is { } fault) return new Refusal(RefusalKind.FieldInvalid, fault);
        var app = DeviceHeader.AppOf(context);
        await store.Items.MarkAsync(app, body.Value.Unavailable ?? [], body.Value.Available ?? [], context.RequestAborted)
            .ConfigureAwait(false);
        unavailable.Changed(app);
        return await ListAsync(context).ConfigureAwait(false);
    }

    private static string? FaultOf(ItemMarks marks)
    {
        string[] keys = [.. marks.Unavailable ?? [], .. marks.Available ?? []];
        if (keys.Length > ItemMarks.MostItems) return $"{keys.Length} items, expected at most {ItemMarks.MostItems} at once";
        for (var i = 0; i < keys.Length; i++)
            if (EventCheck.Fault(keys[i], NewEvent.LongestItem) is { } fault) return $"key {i} {fault}";
        return (marks.Unavailable ?? []).Intersect(marks.Available ?? [], StringComparer.Ordinal).Any()
            ? "an item is both in 'unavailable' and 'available'"
            : null;
    }

    private static JsonHttpResult<ItemMarks> Answer(IReadOnlySet<string> items) => TypedResults.Json(
        new ItemMarks { Unavailable = [.. items.Order(StringComparer.Ordinal)] }, ListJson.Default.ItemMarks);
}
