using Tandem.Cloud.Devices;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary>Where a list comes from: the cache, the model, the models behind it, and where that is accepted popularity.</summary>
/// <param name="models">That are served.</param>
/// <param name="cache">Of lists.</param>
/// <param name="devices">Whose budgets are kept.</param>
/// <param name="options">What happens where a model makes none.</param>
internal sealed class ListMaker(ModelRegistry models, ListCache cache, DeviceDirectory devices, ListOptions options)
{
    /// <param name="model">Asked first; entered.</param>
    /// <param name="device">Whose budget is spent; null for nobody's.</param>
    /// <param name="request">Without faults, of the model's catalogue.</param>
    /// <param name="acceptPopular">Whether popularity is better than nothing.</param>
    /// <param name="cancel">The request's deadline.</param>
    public async Task<MadeList> MakeAsync(
        ServedModel model, DeviceId? device, CandidateRequest request, bool acceptPopular, CancellationToken cancel)
    {
        if (cache.Find(ListKey.Of(model.ListVersion, request)) is { } found) return new(found.List, "cache", found.Age, null);
        if (await SpendAsync(device, cancel).ConfigureAwait(false) is { } spent) return MadeList.Refused(spent);
        try
        {
            var made = await InTurnAsync(model, device, request, acceptPopular, cancel).ConfigureAwait(false);
            return made.Refusal is not null && acceptPopular ? await PopularAsync(model, request).ConfigureAwait(false) : made;
        }
        catch (Exception e) when (acceptPopular && (e is not OperationCanceledException || cancel.IsCancellationRequested))
        {
            return await PopularAsync(model, request).ConfigureAwait(false);
        }
    }

    /// <summary>The model, then those behind it; what the last of them says is the answer.</summary>
    private async Task<MadeList> InTurnAsync(
        ServedModel model, DeviceId? device, CandidateRequest request, bool acceptPopular, CancellationToken cancel)
    {
        var behind = new Queue<string>(options.Fallbacks.Where(name => name != model.Name));
        if (behind.Count == 0) return await AskAsync(model, request, "model", cancel).ConfigureAwait(false);
        if (await AskPatientlyAsync(model, request, "model", cancel).ConfigureAwait(false) is { } made) return made;
        while (behind.TryDequeue(out var name))
        {
            if (models.Enter(name) is not { } next) continue;
            try
            {
                if (next.Catalog.Version != model.Catalog.Version) continue;
                if (await SpendAsync(device, cancel).ConfigureAwait(false) is { } spent) return MadeList.Refused(spent);
                if (behind.Count == 0 && !acceptPopular) return await AskAsync(next, request, "fallback", cancel).ConfigureAwait(false);
                if (await AskPatientlyAsync(next, request, "fallback", cancel).ConfigureAwait(false) is { } instead) return instead;
            }
            finally
            {
                next.Leave();
            }
        }

        return MadeList.Refused(new(RefusalKind.QueueFull, "no model made a list in its time; ask again later", options.Patience));
    }

    /// <summary>Every model that is asked is a call; the refusal where the device has none left.</summary>
    private async Task<Refusal?> SpendAsync(DeviceId? device, CancellationToken cancel) =>
        device is { } asking ? await devices.SpendAsync(asking, calls: 1, cancel).ConfigureAwait(false) : null;

    /// <summary>Null where the model makes no list within its time.</summary>
    private async Task<MadeList?> AskPatientlyAsync(ServedModel model, CandidateRequest request, string source, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(options.Patience);
        try
        {
            var made = await AskAsync(model, request, source, patience.Token).ConfigureAwait(false);
            return made.Refusal is null ? made : null;
        }
        catch (Exception) when (!cancel.IsCancellationRequested) // whatever a model throws, the next may do better
        {
            return null;
        }
    }

    /// <summary>
    /// What the model retrieves, in its ranker's order where it has one. That waits for others outside of the queue, so that it holds up
    /// nobody's retrieval; and what it could not rank is not kept, for the next time it may.
    /// </summary>
    private async Task<MadeList> AskAsync(ServedModel model, CandidateRequest request, string source, CancellationToken cancel)
    {
        var key = ListKey.Of(model.ListVersion, request);
        if (source != "model" && cache.Find(key) is { } found) return new(found.List, source, found.Age, null);
        if (!model.Lists.TryAsk(model.Ranker?.RetrievalOf(request) ?? request, cancel, out var making))
        {
            return MadeList.Refused(new(
                RefusalKind.QueueFull, $"{model.Lists.Waiting} requests wait for the model; ask again later", model.Lists.ExpectedWait));
        }

        var list = await making.ConfigureAwait(false);
        if (model.Ranker is { } ranker) list = await ranker.RankAsync(request, list, cancel).ConfigureAwait(false);
        if (list.ModelVersion == model.ListVersion) cache.Add(key, list);
        return MadeList.Of(list, source);
    }

    private static async Task<MadeList> PopularAsync(ServedModel model, CandidateRequest request) => MadeList.Of(
        (await model.Popular.GenerateAsync([request], CancellationToken.None).ConfigureAwait(false))[0], "popularity");
}
