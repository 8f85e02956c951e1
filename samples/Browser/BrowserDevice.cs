using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using Tandem.Device;
using Tandem.Device.Http;
using Tandem.Protocol.Bundles;

namespace Tandem.Samples;

/// <summary>The device runtime for JavaScript: one user in one tab.</summary>
[SupportedOSPlatform("browser")]
internal static partial class BrowserDevice
{
    private const string WeightsName = "model.safetensors";
    private const string KeysName = "keys.safetensors";
    private const string FactorsName = "parameters.safetensors";

    private static readonly PostCloud _cloud = new(PostAsync);
    private static DeviceSession? _session;

    private static DeviceSession Session => _session ?? throw new InvalidOperationException("no bundle is open; call Open first");

    /// <summary>A program must have an entry. The page calls the exports alone.</summary>
    private static void Main()
    {
    }

    /// <summary>Opens a bundle and begins without events.</summary>
    /// <param name="manifest">The content of <c>manifest.json</c>.</param>
    /// <param name="weights">The content of <c>model.safetensors</c>.</param>
    /// <param name="keys">The content of <c>keys.safetensors</c>; null where the manifest lists none.</param>
    /// <param name="factors">The content of <c>parameters.safetensors</c>; null where the manifest lists none.</param>
    /// <returns>Why it was refused, or an empty text.</returns>
    [JSExport]
    internal static string Open(byte[] manifest, byte[] weights, byte[]? keys, byte[]? factors)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { [WeightsName] = weights };
        if (keys is not null) files[KeysName] = keys;
        if (factors is not null) files[FactorsName] = factors;
        if (!Bundle.TryOpen(manifest, files, out var bundle, out var fault)) return fault;
        if (!DeviceModel.TryLoad(bundle, out var model, out fault)) return fault!;
        Begin(model!);
        return "";
    }

    /// <summary>Begins anew without events, with the bundle that is open.</summary>
    [JSExport]
    internal static void Reset() => Begin(Session.Model);

    /// <summary>All that the user has here, as bytes to keep.</summary>
    [JSExport]
    internal static byte[] Snapshot() => Session.Snapshot();

    /// <summary>Goes on where a snapshot was taken, or changes nothing.</summary>
    /// <returns>Why it was refused, or an empty text.</returns>
    [JSExport]
    internal static string Restore(byte[] snapshot) => Session.TryRestore(snapshot, out var fault) ? "" : fault!;

    /// <summary>Items of the events that are kept, oldest first.</summary>
    [JSExport]
    internal static int[] History() => [.. Session.History];

    /// <summary>Number of items; ids run from 1 to it.</summary>
    [JSExport]
    internal static int Items() => Session.Model.Shape.Items;

    /// <summary>True where the bundle holds the items' keys.</summary>
    [JSExport]
    internal static bool HoldsKeys() => Session.Model.HoldsKeys;

    /// <summary>The key of an item, in a bundle that holds keys.</summary>
    [JSExport]
    internal static string Key(int item) => Session.Model.Items[item];

    /// <summary>The id of the item with a key, in a bundle that holds keys; 0 where there is none.</summary>
    [JSExport]
    internal static int Find(string key) => Session.Model.Items.Find(key);

    /// <summary>Takes in an event.</summary>
    [JSExport]
    internal static void Observe(int item) => Session.Observe(item);

    /// <summary>Takes back the newest event; false where there is none.</summary>
    [JSExport]
    internal static bool Undo() => Session.Undo();

    /// <summary>The best items, best first: id, score, id, score, …</summary>
    [JSExport]
    internal static double[] Recommend(int count) => [.. Session.Recommend(count).SelectMany(r => new double[] { r.Item, r.Score })];

    /// <summary>The numbering of the items, which reported events name.</summary>
    [JSExport]
    internal static string CatalogVersion() => Session.Model.CatalogVersion;

    /// <summary>Asks the cloud for a list where the bundle's rules want one, and takes it in.</summary>
    /// <returns>Why there is no new list, or an empty text.</returns>
    [JSExport]
    internal static async Task<string> Refresh()
    {
        var outcome = await Session.RefreshAsync(_cloud);
        return outcome.HasNewList ? "" : outcome.Reason;
    }

    private static async ValueTask<PostReply?> PostAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        using var reply = await Post(path, body.ToArray());
        if (reply is null) return null;
        var wait = reply.GetPropertyAsDouble("retryAfter");
        return new(reply.GetPropertyAsInt32("status"), reply.GetPropertyAsByteArray("body")!, wait > 0 ? wait : null);
    }

    /// <summary>The page's fetch.</summary>
    [JSImport("post", "cloud")]
    private static partial Task<JSObject?> Post(string path, byte[] body);

    private static void Begin(DeviceModel model) => _session = new(model, new DeviceSessionOptions());
}
