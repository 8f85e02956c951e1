using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Experiments;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary><c>GET /v1/explain</c>: why an item is on a device's lists, or is not.</summary>
/// <param name="models">That are served.</param>
/// <param name="unavailable">Items that are left out.</param>
/// <param name="devices">Whose histories and budgets are kept.</param>
/// <param name="exposures">Of devices in experiments.</param>
/// <param name="limits">Of requests.</param>
internal sealed class ExplainEndpoint(
    ModelRegistry models, UnavailableItems unavailable, DeviceDirectory devices, ExposureLog exposures, RequestLimits limits)
{
    private const int Explained = 10; // newest events, each left out once

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/explain", (HttpContext context, ExplainEndpoint endpoint, string? item, string? model) =>
            endpoint.AnswerAsync(context, item, model))
        .WithName("explain").WithSummary("Why an item stands where it stands in the lists of the device that asks.")
        .Produces<ItemExplanation>();

    private async Task<IResult> AnswerAsync(HttpContext context, string? key, string? name)
    {
        if (!DeviceHeader.TryRead(context, out var device, out var refusal)) return refusal;
        using var deadline = RequestDeadline.Of(context, limits.Deadline, out refusal);
        if (refusal is not null) return refusal;
        if (string.IsNullOrEmpty(key)) return new Refusal(RefusalKind.FieldInvalid, "'item' is missing: the key of an item");
        var arms = exposures.ArmsOf(device);
        if (models.Enter(name ?? arms.Model) is not { } model) return ModelRegistry.Unknown(name ?? arms.Model);
        try
        {
            if (model.Catalog.FindId(key) is not (> 0 and var item))
                return new Refusal(RefusalKind.UnknownItem, "the item is not in the model's catalogue");
            return await ExplainAsync(model, device, arms, item, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            model.Leave();
        }
    }

    private async Task<IResult> ExplainAsync(ServedModel model, DeviceId device, DeviceArms arms, int item, CancellationToken cancel)
    {
        var kept = await devices.HistoryAsync(device, cancel).ConfigureAwait(false) ?? [];
        int[] history = [.. kept.Select(model.Catalog.FindId).Where(known => known > 0)];
        var gone = await unavailable.OfAsync(device.App, cancel).ConfigureAwait(false);
        var first = Math.Max(0, history.Length - Explained);
        int[][] histories = [history, .. Enumerable.Range(first, history.Length - first).Select(left => Without(history, left))];
        if (await devices.SpendAsync(device, histories.Length, cancel).ConfigureAwait(false) is { } refusal) return refusal;
        if (Ask(model, histories, cancel) is not { } asking)
        {
            return new Refusal(
                RefusalKind.QueueFull, $"{model.Lists.Waiting} requests wait for the model; ask again later", model.Lists.ExpectedWait);
        }

        var lists = await Task.WhenAll(asking).ConfigureAwait(false);
        var popular = await model.Popular.GenerateAsync([RequestOf(model, [])], cancel).ConfigureAwait(false);
        var place = PlaceOf(lists[0], item);
        return TypedResults.Json(
            new ItemExplanation
            {
                Item = model.Catalog[item].Key,
                Model = model.Name,
                ModelVersion = model.Version,
                Arms = [.. arms.Given.Select(arm => new ExperimentArm(arm.Experiment, arm.Arm))],
                HistoryLength = history.Length,
                IsSeen = history.Contains(item),
                IsUnavailable = gone.Contains(model.Catalog[item].Key),
                Rank = place + 1,
                LogProbability = place is { } at ? lists[0].Scores[at] : null,
                PopularityRank = PlaceOf(popular[0], item) + 1,
                Influences = place is null ? [] : [.. lists.Skip(1).Select((list, i) => new EventInfluence(
                    model.Catalog[history[first + i]].Key, ScoreOf(lists[0], item) - ScoreOf(list, item)))],
            },
            ListJson.Default.ItemExplanation);
    }

    /// <summary>Null where the queue has no room.</summary>
    private static List<Task<CandidateList>>? Ask(ServedModel model, int[][] histories, CancellationToken cancel)
    {
        var asking = new List<Task<CandidateList>>();
        foreach (var history in histories)
        {
            if (!model.Lists.TryAsk(RequestOf(model, history), cancel, out var list)) return null;
            asking.Add(list);
        }

        return asking;
    }

    private static CandidateRequest RequestOf(ServedModel model, int[] history) => new()
    {
        CatalogVersion = model.Catalog.Version,
        History = history,
        Count = CandidateList.MostItems,
        IncludeSeen = true,
    };

    private static int[] Without(int[] history, int place) => [.. history[..place], .. history[(place + 1)..]];

    private static int? PlaceOf(CandidateList list, int item)
    {
        for (var place = 0; place < list.Items.Count; place++)
            if (list.Items[place] == item) return place;
        return null;
    }

    private static float ScoreOf(CandidateList list, int item) => PlaceOf(list, item) is { } place ? list.Scores[place] : list.Scores[^1];
}
