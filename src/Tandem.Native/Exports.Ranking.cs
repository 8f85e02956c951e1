using System.Runtime.InteropServices;
using Tandem.Device;
using Tandem.Protocol.Messages;

namespace Tandem.Native;

/// <content>Lists and rankings.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "tandem_recommend")]
    internal static Status Recommend(
        ulong session, int k, RankingMode mode, int* excluded, int excludedCount, RankedItem* items, int* count, byte* error, int errorSize)
    {
        try
        {
            if (count is null) throw new CallFault(Status.BadArgument, "count is NULL");
            *count = 0;
            using var call = SessionTable.Enter(session);
            var ranker = call.Session;
            if (k < 0) throw new CallFault(Status.BadArgument, $"k is {k}, expected 0 or more");
            if (items is null && k > 0) throw new CallFault(Status.BadArgument, $"items is NULL, expected room for {k}");
            if (!Enum.IsDefined(mode)) throw new CallFault(Status.BadArgument, $"mode is {(int)mode}, expected one of tandem_mode");
            var best = ranker.Recommend(
                Math.Min(k, ranker.Model.Shape.Items), mode, Allows(Border.Array(excluded, excludedCount, "excluded")));
            for (var i = 0; i < best.Length; i++) items[i] = new(best[i].Item, best[i].Score, best[i].CloudScore, best[i].DeviceScore);
            *count = best.Length;
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_accept_list")]
    internal static Status AcceptList(
        ulong session, int* items, float* scores, int count, int historyLength, byte* catalogVersion, byte* modelVersion,
        byte* slice, int sliceSize, byte* error, int errorSize)
    {
        try
        {
            using var call = SessionTable.Enter(session);
            if (count > CandidateList.MostItems)
                throw new CallFault(Status.Refused, $"{count} items, expected at most {CandidateList.MostItems}");
            var list = new CandidateList
            {
                CatalogVersion = Border.Text(catalogVersion, "catalog_version"),
                ModelVersion = Border.Text(modelVersion, "model_version"),
                HistoryLength = historyLength,
                Items = Border.Array(items, count, "items").ToArray(),
                Scores = Border.Array(scores, count, "scores").ToArray(),
                Slice = slice is null ? null : Border.Array(slice, sliceSize, "slice").ToArray(),
            };
            if (!call.Session.TryAccept(list, out var fault)) throw new CallFault(Status.Refused, fault!);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_explain")]
    internal static Status Explain(ulong session, int item, ItemExplanation* explanation, byte* error, int errorSize) =>
        Explain(session, item, (byte*)explanation, ItemExplanation.FirstSize, error, errorSize);

    [UnmanagedCallersOnly(EntryPoint = "tandem_explain_sized")]
    internal static Status ExplainSized(ulong session, int item, ItemExplanation* explanation, uint size, byte* error, int errorSize) =>
        Explain(session, item, (byte*)explanation, size, error, errorSize);

    /// <param name="session">Handle.</param>
    /// <param name="item">Of the session's catalogue.</param>
    /// <param name="explanation">[size] bytes of the caller's, of which those are written that this library knows.</param>
    /// <param name="size">What the caller's header knows.</param>
    /// <param name="error">Receives the fault.</param>
    /// <param name="errorSize">Of it.</param>
    private static Status Explain(ulong session, int item, byte* explanation, uint size, byte* error, int errorSize)
    {
        try
        {
            if (explanation is null) throw new CallFault(Status.BadArgument, "explanation is NULL");
            if (size is < ItemExplanation.FirstSize or > ItemExplanation.MostSize)
                throw new CallFault(Status.BadArgument, $"size is {size}, expected sizeof(tandem_explanation), {sizeof(ItemExplanation)}");
            var known = new Span<byte>(explanation, (int)Math.Min(size, (uint)sizeof(ItemExplanation)));
            known.Clear();
            using var call = SessionTable.Enter(session);
            RequireItem(call.Session.Model, item);
            var found = ItemExplanation.Of(call.Session.Explain(item, ItemExplanation.MostEvents));
            new Span<byte>(&found, known.Length).CopyTo(known);
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }

    private static Func<int, bool>? Allows(ReadOnlySpan<int> excluded)
    {
        if (excluded.IsEmpty) return null;
        var left = new HashSet<int>(excluded.Length);
        foreach (var item in excluded) left.Add(item);
        return item => !left.Contains(item);
    }

    [UnmanagedCallersOnly(EntryPoint = "tandem_should_ask")]
    internal static Status ShouldAsk(ulong session, int* ask, byte* error, int errorSize)
    {
        try
        {
            if (ask is null) throw new CallFault(Status.BadArgument, "ask is NULL");
            *ask = 0;
            using var call = SessionTable.Enter(session);
            *ask = call.Session.Decide().Ask ? 1 : 0;
            return Border.Succeed(error, errorSize);
        }
        catch (Exception e)
        {
            return Border.Fail(e, error, errorSize);
        }
    }
}
