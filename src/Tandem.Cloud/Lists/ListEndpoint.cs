using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Cloud.Devices;
using Tandem.Cloud.Experiments;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Data;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary><c>POST /v1/candidates</c>: a history → items worth ranking on the device.</summary>
/// <param name="models">That are served.</param>
/// <param name="lists">Makes lists.</param>
/// <param name="unavailable">Items that are left out.</param>
/// <param name="devices">Whose histories are kept.</param>
/// <param name="exposures">Of devices in experiments.</param>
/// <param name="limits">Of requests.</param>
internal sealed class ListEndpoint(
    ModelRegistry models, ListMaker lists, UnavailableItems unavailable, DeviceDirectory devices, ExposureLog exposures,
    RequestLimits limits)
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
        // Who names a model is served by it, whatever arm the device is in, and tells nothing of the arms.
        var arms = device is { } named && body.Value.Model is null ? exposures.ArmsOf(named) : DeviceArms.None;
        var name = body.Value.Model ?? arms.Model;
        if (models.Enter(name) is not { } model) return ModelRegistry.Unknown(name);
        try
        {
            var asked = await WithHistoryAsync(model, device, body.Value, deadline.Token).ConfigureAwait(false);
            if (!ListHistory.TryRead(asked, model, out var request, out refusal)) return refusal;
            var gone = await unavailable.OfAsync(DeviceHeader.AppOf(context), deadline.Token).ConfigureAwait(false);
            var whole = request with { Count = RuledList.LengthBefore(request.Count, asked.Rules, gone) };
            var made = await lists.MakeAsync(model, device, whole, asked.AcceptPopular, deadline.Token).ConfigureAwait(false);
            if (made.List is null) return made.Refusal!;
            var list = RuledList.Of(made.List, asked.Rules, gone, model.Catalog, request.Count);
            Record(made.Source, list, model.Catalog, device, arms);
            if (asked.SliceOfModel is { } version) list = WithSlice(list, request, version);
            return TypedResults.Json(AnswerOf(list, asked, model.Catalog, made), ListJson.Default.ListAnswer);
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
        var isNeeded = !asked.HasHistory;
        if (!isNeeded && context.Request.Headers[DeviceHeader.Name].Count == 0) return true;
        if (!DeviceHeader.TryRead(context, out var named, out refusal)) return false;
        device = named;
        return true;
    }

    /// <summary>A request without a history with what the device has reported.</summary>
    private async Task<ListRequest> WithHistoryAsync(ServedModel model, DeviceId? device, ListRequest asked, CancellationToken cancel)
    {
        if (asked.HasHistory) return asked;
        var kept = await devices.HistoryAsync(device!.Value, cancel).ConfigureAwait(false);
        // What is not in this model's catalogue it cannot read; the rest is the device's history all the same.
        return asked with { Keys = [.. (kept ?? []).Where(key => model.Catalog.FindId(key) > 0)] };
    }

    private void Record(string source, CandidateList list, Catalog catalog, DeviceId? device, DeviceArms arms)
    {
        ServiceMeter.Lists.Add(1, new KeyValuePair<string, object?>("source", source));
        if (device is not { } named) return;
        string[] keys = [.. list.Items.Select(item => catalog[item].Key)];
        devices.Listed(named, keys);
        exposures.Listed(named, arms, list.ModelVersion, keys);
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

    private static ListAnswer AnswerOf(CandidateList list, ListRequest asked, Catalog catalog, in MadeList made) => new()
    {
        CatalogVersion = list.CatalogVersion,
        ModelVersion = list.ModelVersion,
        HistoryLength = list.HistoryLength,
        Items = list.Items,
        Scores = list.Scores,
        Slice = list.Slice,
        Keys = asked.Keys is null ? null : [.. list.Items.Select(item => catalog[item].Key)],
        Source = made.Source,
        AgeSeconds = made.Age.TotalSeconds,
    };
}
