using System.Diagnostics.CodeAnalysis;
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
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary><c>POST /v1/candidates</c>: a history → items worth ranking on the device.</summary>
/// <param name="models">That are served.</param>
/// <param name="cache">Of lists.</param>
/// <param name="devices">Whose histories and budgets are kept.</param>
/// <param name="limits">Of requests.</param>
internal sealed class ListEndpoint(ModelRegistry models, ListCache cache, DeviceDirectory devices, RequestLimits limits)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/candidates", (HttpContext context, ListEndpoint endpoint) => endpoint.AnswerAsync(context))
        .WithName("candidates").WithSummary("A list of candidates for a history.")
        .Accepts<ListRequest>("application/json").Produces<ListAnswer>();

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        using var deadline = RequestDeadline.Of(context, limits.Deadline, out var refusal);
        if (refusal is not null) return refusal;
        var body = await RequestBody<ListRequest>.ReadAsync(context, ListJson.Default.ListRequest, deadline.Token).ConfigureAwait(false);
        if (!body.IsRead) return body.Refusal;
        if (!TryFind(context, body.Value, out var device, out refusal)) return refusal;
        if (models.Enter(body.Value.Model) is not { } model) return UnknownModel(body.Value.Model);
        try
        {
            return await AnswerAsync(model, device, body.Value, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            model.Leave();
        }
    }

    /// <summary>The device, where the request names one; a request without a history has to.</summary>
    private static bool TryFind(HttpContext context, ListRequest asked, out DeviceId? device, [NotNullWhen(false)] out Refusal? refusal)
    {
        (device, refusal) = (null, null);
        var isNeeded = asked.History is null && asked.Keys is null;
        if (!isNeeded && context.Request.Headers[DeviceHeader.Name].Count == 0) return true;
        if (!DeviceHeader.TryRead(context, out var named, out refusal)) return false;
        device = named;
        return true;
    }

    private async Task<IResult> AnswerAsync(ServedModel model, DeviceId? device, ListRequest asked, CancellationToken cancel)
    {
        if (asked.History is null && asked.Keys is null)
        {
            var kept = await devices.HistoryAsync(device!.Value, cancel).ConfigureAwait(false);
            // What is not in this model's catalogue it cannot read; the rest is the device's history all the same.
            asked = asked with { Keys = [.. (kept ?? []).Where(key => model.Catalog.FindId(key) > 0)] };
        }

        if (!ListHistory.TryRead(asked, model.Catalog, out var request, out var refusal)) return refusal;
        var whole = asked.Rules is null ? request : request with { Count = CandidateList.MostItems };
        var key = ListKey.Of(model.Version, whole);
        if (cache.Find(key) is { } found) return Answer(found.List, "cache", found.Age);
        try
        {
            if (device is { } asking && await devices.SpendAsync(asking, cancel).ConfigureAwait(false) is { Ticks: > 0 } until)
                return new Refusal(RefusalKind.BudgetSpent, "the device has used up the calls that it may cause", until);
            if (!model.Lists.TryAsk(whole, cancel, out var made))
            {
                var wait = model.Lists.ExpectedWait;
                return asked.AcceptPopular
                    ? await PopularAsync().ConfigureAwait(false)
                    : new Refusal(RefusalKind.QueueFull, $"{model.Lists.Waiting} requests wait for the model; ask again later", wait);
            }

            var list = await made.ConfigureAwait(false);
            cache.Add(key, list);
            return Answer(list, "model", TimeSpan.Zero);
        }
        catch (Exception e) when (asked.AcceptPopular && (e is not OperationCanceledException || cancel.IsCancellationRequested))
        {
            return await PopularAsync().ConfigureAwait(false);
        }

        async Task<IResult> PopularAsync() => Answer(
            (await model.Popular.GenerateAsync([whole], CancellationToken.None).ConfigureAwait(false))[0], "popularity", TimeSpan.Zero);

        JsonHttpResult<ListAnswer> Answer(CandidateList list, string source, TimeSpan age)
        {
            ServiceMeter.Lists.Add(1, new KeyValuePair<string, object?>("source", source));
            if (asked.Rules is { } rules) list = RuledList.Of(list, rules, model.Catalog, request.Count);
            if (asked.SliceOfModel is { } version) list = WithSlice(list, request, version);
            if (device is { } named) devices.Listed(named, [.. list.Items.Select(item => model.Catalog[item].Key)]);
            return TypedResults.Json(AnswerOf(list, asked, model.Catalog, source, age), ListJson.Default.ListAnswer);
        }
    }

    /// <summary>
    /// The list with rows of the device's model; without where no version at hand is it, and the device then asks for the bundle.
    /// </summary>
    private CandidateList WithSlice(CandidateList list, CandidateRequest request, string version)
    {
        if (models.EnterBundle(version) is not { } owner) return list;
        try
        {
            return owner.Catalog.Version == list.CatalogVersion ? owner.WithSlice(list, request) : list;
        }
        finally
        {
            owner.Leave();
        }
    }

    private static ListAnswer AnswerOf(CandidateList list, ListRequest asked, Catalog catalog, string source, TimeSpan age) => new()
    {
        CatalogVersion = list.CatalogVersion,
        ModelVersion = list.ModelVersion,
        HistoryLength = list.HistoryLength,
        Items = list.Items,
        Scores = list.Scores,
        Slice = list.Slice,
        Keys = asked.Keys is null ? null : [.. list.Items.Select(item => catalog[item].Key)],
        Source = source,
        AgeSeconds = age.TotalSeconds,
    };

    private static Refusal UnknownModel(string? name) => new(
        RefusalKind.UnknownModel, name is null ? "no model is served" : "no model of this name is served; GET /v1/models lists them");
}
