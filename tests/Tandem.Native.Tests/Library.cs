using System.Runtime.InteropServices;
using System.Text;
using Tandem.Device;
using Tandem.Tests;

namespace Tandem.Native.Tests;

/// <summary>The exported functions, called through their addresses as C calls them. Null stands for NULL.</summary>
internal static unsafe class Library
{
    private const int ErrorSize = 512;

    public static Answer Open(string? bundle, out ulong session, SessionSettings? settings = null)
    {
        delegate* unmanaged<byte*, SessionSettings*, ulong*, byte*, int, Status> open = &Exports.Open;
        var given = settings.GetValueOrDefault();
        var error = stackalloc byte[ErrorSize];
        fixed (byte* folder = Terminated(bundle))
        fixed (ulong* opened = &session)
            return new(open(folder, settings is null ? null : &given, opened, error, ErrorSize), error);
    }

    /// <summary>Opens what can be opened.</summary>
    public static ulong Open(string bundle, SessionSettings? settings = null)
    {
        var answer = Open(bundle, out var session, settings);
        Assert.True(answer.Status == Status.Ok, answer.Error);
        return session;
    }

    public static Answer ShouldAsk(ulong session, out int ask)
    {
        delegate* unmanaged<ulong, int*, byte*, int, Status> should = &Exports.ShouldAsk;
        var error = stackalloc byte[ErrorSize];
        fixed (int* asked = &ask)
            return new(should(session, asked, error, ErrorSize), error);
    }

    public static Answer LoadModel(string? bundle, out ulong model)
    {
        delegate* unmanaged<byte*, ulong*, byte*, int, Status> load = &Exports.LoadModel;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* folder = Terminated(bundle))
        fixed (ulong* loaded = &model)
            return new(load(folder, loaded, error, ErrorSize), error);
    }

    /// <summary>Loads what can be loaded.</summary>
    public static ulong LoadModel(string bundle)
    {
        var answer = LoadModel(bundle, out var model);
        Assert.True(answer.Status == Status.Ok, answer.Error);
        return model;
    }

    public static Answer FreeModel(ulong model)
    {
        delegate* unmanaged<ulong, byte*, int, Status> free = &Exports.FreeModel;
        var error = stackalloc byte[ErrorSize];
        return new(free(model, error, ErrorSize), error);
    }

    public static Answer FindItem(ulong model, byte[]? key, out int item)
    {
        delegate* unmanaged<ulong, byte*, int*, byte*, int, Status> find = &Exports.FindItem;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* text = key)
        fixed (int* found = &item)
            return new(find(model, text, found, error, ErrorSize), error);
    }

    public static Answer FindItem(ulong model, string? key, out int item) => FindItem(model, Terminated(key), out item);

    /// <param name="model">Handle.</param>
    /// <param name="item">Any number.</param>
    /// <param name="buffer">What the call may write to.</param>
    /// <param name="needed">Receives how much the key takes.</param>
    /// <param name="size">Of the buffer as told; null for its own.</param>
    public static Answer ItemKey(ulong model, int item, byte[]? buffer, out int needed, int? size = null)
    {
        delegate* unmanaged<ulong, int, byte*, int, int*, byte*, int, Status> read = &Exports.ItemKey;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* text = buffer)
        fixed (int* count = &needed)
            return new(read(model, item, text, size ?? buffer?.Length ?? 0, count, error, ErrorSize), error);
    }

    /// <summary>Calls that have nowhere to put their answer.</summary>
    public static Answer[] FindNowhere(ulong model)
    {
        delegate* unmanaged<ulong, byte*, int*, byte*, int, Status> find = &Exports.FindItem;
        delegate* unmanaged<ulong, int, byte*, int, int*, byte*, int, Status> read = &Exports.ItemKey;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* key = Terminated("key"))
            return [new(find(model, key, null, error, ErrorSize), error), new(read(model, 1, null, 0, null, error, ErrorSize), error)];
    }

    public static Answer OpenModel(ulong model, out ulong session, SessionSettings? settings = null)
    {
        delegate* unmanaged<ulong, SessionSettings*, ulong*, byte*, int, Status> open = &Exports.OpenModel;
        var given = settings.GetValueOrDefault();
        var error = stackalloc byte[ErrorSize];
        fixed (ulong* opened = &session) return new(open(model, settings is null ? null : &given, opened, error, ErrorSize), error);
    }

    public static Answer OpenModelLogged(ulong model, string? log, out ulong session)
    {
        delegate* unmanaged<ulong, byte*, SessionSettings*, ulong*, byte*, int, Status> open = &Exports.OpenModelLogged;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* path = Terminated(log))
        fixed (ulong* opened = &session)
            return new(open(model, path, null, opened, error, ErrorSize), error);
    }

    public static Answer SwapModel(ulong session, ulong model)
    {
        delegate* unmanaged<ulong, ulong, byte*, int, Status> swap = &Exports.SwapModel;
        var error = stackalloc byte[ErrorSize];
        return new(swap(session, model, error, ErrorSize), error);
    }

    /// <param name="session">Handle.</param>
    /// <param name="info">What the call may write to, with the size in it.</param>
    public static Answer GetInfo(ulong session, Span<byte> info)
    {
        delegate* unmanaged<ulong, SessionInfo*, byte*, int, Status> get = &Exports.GetInfo;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* found = info) return new(get(session, (SessionInfo*)found, error, ErrorSize), error);
    }

    /// <summary>What an open session holds.</summary>
    public static SessionInfo GetInfo(ulong session)
    {
        var info = new SessionInfo { Size = (uint)sizeof(SessionInfo) };
        var answer = GetInfo(session, MemoryMarshal.AsBytes(new Span<SessionInfo>(ref info)));
        Assert.True(answer.Status == Status.Ok, answer.Error);
        return info;
    }

    public static Answer CatalogVersion(ulong session, byte[]? buffer, out int needed) =>
        Version(&Exports.CatalogVersion, session, buffer, out needed);

    public static Answer ModelVersion(ulong session, byte[]? buffer, out int needed) =>
        Version(&Exports.ModelVersion, session, buffer, out needed);

    private static Answer Version(
        delegate* unmanaged<ulong, byte*, int, int*, byte*, int, Status> version, ulong session, byte[]? buffer, out int needed)
    {
        var error = stackalloc byte[ErrorSize];
        fixed (byte* text = buffer)
        fixed (int* count = &needed)
            return new(version(session, text, buffer?.Length ?? 0, count, error, ErrorSize), error);
    }

    public static Answer Close(ulong session)
    {
        delegate* unmanaged<ulong, byte*, int, Status> close = &Exports.Close;
        var error = stackalloc byte[ErrorSize];
        return new(close(session, error, ErrorSize), error);
    }

    public static Answer Observe(ulong session, int item, long unixSeconds = long.MinValue)
    {
        delegate* unmanaged<ulong, int, long, byte*, int, Status> observe = &Exports.Observe;
        var error = stackalloc byte[ErrorSize];
        return new(observe(session, item, unixSeconds, error, ErrorSize), error);
    }

    public static Answer ObserveValue(ulong session, int item, float value, long unixSeconds = long.MinValue)
    {
        delegate* unmanaged<ulong, int, long, float, byte*, int, Status> observe = &Exports.ObserveValue;
        var error = stackalloc byte[ErrorSize];
        return new(observe(session, item, unixSeconds, value, error, ErrorSize), error);
    }

    public static Answer Undo(ulong session)
    {
        delegate* unmanaged<ulong, byte*, int, Status> undo = &Exports.Undo;
        var error = stackalloc byte[ErrorSize];
        return new(undo(session, error, ErrorSize), error);
    }

    public static Answer Swap(ulong session, string? bundle)
    {
        delegate* unmanaged<ulong, byte*, byte*, int, Status> swap = &Exports.Swap;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* folder = Terminated(bundle)) return new(swap(session, folder, error, ErrorSize), error);
    }

    /// <param name="session">Handle.</param>
    /// <param name="items">What the call may write to; its length is k unless <paramref name="k"/> says another.</param>
    /// <param name="count">Receives how many it wrote.</param>
    /// <param name="mode">Any number.</param>
    /// <param name="excluded">Its length is told unless <paramref name="excludedCount"/> says another.</param>
    /// <param name="k">Most items.</param>
    /// <param name="excludedCount">Of the excluded.</param>
    public static Answer Recommend(
        ulong session, RankedItem[]? items, out int count, int mode = 0, int[]? excluded = null, int? k = null, int? excludedCount = null)
    {
        delegate* unmanaged<ulong, int, RankingMode, int*, int, RankedItem*, int*, byte*, int, Status> recommend = &Exports.Recommend;
        var error = stackalloc byte[ErrorSize];
        fixed (RankedItem* best = items)
        fixed (int* left = excluded)
        fixed (int* written = &count)
        {
            return new(
                recommend(session, k ?? items?.Length ?? 0, (RankingMode)mode, left, excludedCount ?? excluded?.Length ?? 0, best, written,
                    error, ErrorSize),
                error);
        }
    }

    /// <summary>Ids of the best items.</summary>
    public static int[] Best(ulong session, int k, RankingMode mode = RankingMode.Fused, int[]? excluded = null)
    {
        var items = new RankedItem[k];
        var answer = Recommend(session, items, out var count, (int)mode, excluded);
        Assert.True(answer.Status == Status.Ok, answer.Error);
        return [.. items[..count].Select(i => i.Item)];
    }

    public static Answer AcceptList(
        ulong session, int[]? items, float[]? scores, int? count = null, int historyLength = 0, string? catalog = SmallBundle.Catalog,
            string? model = "cloud",
        byte[]? slice = null)
    {
        delegate* unmanaged<ulong, int*, float*, int, int, byte*, byte*, byte*, int, byte*, int, Status> accept = &Exports.AcceptList;
        var error = stackalloc byte[ErrorSize];
        fixed (int* ids = items)
        fixed (float* values = scores)
        fixed (byte* catalogVersion = Terminated(catalog), modelVersion = Terminated(model), rows = slice)
        {
            return new(
                accept(
                    session, ids, values, count ?? items?.Length ?? 0, historyLength, catalogVersion, modelVersion, rows,
                        slice?.Length ?? 0, error, ErrorSize),
                error);
        }
    }

    public static Answer OpenLogged(string? bundle, string? log, out ulong session)
    {
        delegate* unmanaged<byte*, byte*, SessionSettings*, ulong*, byte*, int, Status> open = &Exports.OpenLogged;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* folder = Terminated(bundle), path = Terminated(log))
        fixed (ulong* opened = &session)
            return new(open(folder, path, null, opened, error, ErrorSize), error);
    }

    public static Answer OpenOutbox(ulong session, string? file)
    {
        delegate* unmanaged<ulong, byte*, byte*, int, Status> open = &Exports.OpenOutbox;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* path = Terminated(file)) return new(open(session, path, error, ErrorSize), error);
    }

    public static Answer Explain(ulong session, int item, out ItemExplanation explanation)
    {
        var bytes = new byte[sizeof(ItemExplanation)];
        var answer = Explain(session, item, bytes);
        explanation = MemoryMarshal.Read<ItemExplanation>(bytes);
        return answer;
    }

    /// <param name="session">Handle.</param>
    /// <param name="item">Any number.</param>
    /// <param name="explanation">What the call may write to.</param>
    public static Answer Explain(ulong session, int item, Span<byte> explanation)
    {
        delegate* unmanaged<ulong, int, ItemExplanation*, byte*, int, Status> explain = &Exports.Explain;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* found = explanation) return new(explain(session, item, (ItemExplanation*)found, error, ErrorSize), error);
    }

    public static Answer ExplainSized(ulong session, int item, Span<byte> explanation, uint? size = null)
    {
        delegate* unmanaged<ulong, int, ItemExplanation*, uint, byte*, int, Status> explain = &Exports.ExplainSized;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* found = explanation)
            return new(explain(session, item, (ItemExplanation*)found, size ?? (uint)explanation.Length, error, ErrorSize), error);
    }

    public static Answer Snapshot(ulong session, byte[]? buffer, out long needed)
    {
        delegate* unmanaged<ulong, byte*, long, long*, byte*, int, Status> snapshot = &Exports.Snapshot;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* bytes = buffer)
        fixed (long* count = &needed)
            return new(snapshot(session, bytes, buffer?.Length ?? 0, count, error, ErrorSize), error);
    }

    public static Answer Restore(ulong session, byte[]? snapshot)
    {
        delegate* unmanaged<ulong, byte*, int, byte*, int, Status> restore = &Exports.Restore;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* bytes = snapshot) return new(restore(session, bytes, snapshot?.Length ?? 0, error, ErrorSize), error);
    }

    public static Answer Apply(ulong session, byte[]? packet)
    {
        delegate* unmanaged<ulong, byte*, int, byte*, int, Status> apply = &Exports.Apply;
        var error = stackalloc byte[ErrorSize];
        fixed (byte* bytes = packet) return new(apply(session, bytes, packet?.Length ?? 0, error, ErrorSize), error);
    }

    public static Answer DropParameters(ulong session)
    {
        delegate* unmanaged<ulong, byte*, int, Status> drop = &Exports.DropParameters;
        var error = stackalloc byte[ErrorSize];
        return new(drop(session, error, ErrorSize), error);
    }

    public static Answer Learn(ulong session, int mostMillis = 10_000)
    {
        delegate* unmanaged<ulong, int, byte*, int, Status> learn = &Exports.Learn;
        var error = stackalloc byte[ErrorSize];
        return new(learn(session, mostMillis, error, ErrorSize), error);
    }

    public static Answer Unlearn(ulong session)
    {
        delegate* unmanaged<ulong, byte*, int, Status> unlearn = &Exports.Unlearn;
        var error = stackalloc byte[ErrorSize];
        return new(unlearn(session, error, ErrorSize), error);
    }

    private static byte[]? Terminated(string? text) => text is null ? null : [.. Encoding.UTF8.GetBytes(text), 0];

    /// <summary>A status and its text.</summary>
    internal readonly record struct Answer(Status Status, string Error)
    {
        public Answer(Status status, byte* error)
            : this(status, Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error)))
        {
        }
    }
}
