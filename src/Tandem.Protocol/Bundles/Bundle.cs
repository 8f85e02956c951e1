using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Bundles;

/// <summary>
/// Everything a device needs of a model: one folder with <c>manifest.json</c>, <c>model.safetensors</c>, where an app is to name items
/// by keys of its own <c>keys.safetensors</c>, and where packets are to be small <c>parameters.safetensors</c>. An open bundle is whole:
/// sizes, hashes and tensors were checked.
/// </summary>
public sealed class Bundle
{
    internal const string ManifestName = "manifest.json";
    internal const string WeightsName = "model.safetensors";
    internal const string KeysName = "keys.safetensors";
    internal const string FactorsName = "parameters.safetensors";

    private Bundle(BundleManifest manifest, BundleContent content)
    {
        Manifest = manifest;
        Weights = content.Weights;
        Keys = content.Keys;
        Factors = content.Factors;
    }

    /// <summary>What the bundle says of itself.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>The tensors of <c>model.safetensors</c>, in memory. Names and shapes are the backbone's to check.</summary>
    public SafetensorsFile Weights { get; }

    /// <summary>What an app calls the items; null where the bundle holds no keys.</summary>
    public ItemKeys? Keys { get; }

    /// <summary>
    /// What users share of their personal weights; null where packets can bring full weights alone. Whether they fit the model is the
    /// backbone's to check.
    /// </summary>
    public ParameterFactors? Factors { get; }

    /// <summary>Opens and checks a bundle.</summary>
    /// <param name="folder">A folder written by <see cref="Write"/>.</param>
    /// <exception cref="BundleException">The folder is no whole bundle of this format; the message names folder and fault.</exception>
    public static Bundle Open(string folder) =>
        TryOpen(folder, out var bundle, out var fault) ? bundle : throw new BundleException($"{folder}: {fault}");

    /// <summary>Opens and checks a bundle. Never throws on what the folder holds or lacks.</summary>
    /// <param name="folder">A folder written by <see cref="Write"/>.</param>
    /// <param name="bundle">The checked bundle, or null.</param>
    /// <param name="fault">Why the folder is refused, and what to do, or null.</param>
    public static bool TryOpen(
        string folder,
        [NotNullWhen(true)] out Bundle? bundle,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(folder);
        bundle = null;
        try
        {
            if (!ManifestReader.TryRead(Path.Combine(folder, ManifestName), out var manifest, out fault)) return false;
            if (!BundleContent.TryRead(manifest, BundleContent.Folder(folder), out var content, out fault)) return false;
            bundle = new Bundle(manifest, content);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"a file cannot be read: {e.Message}";
            return false;
        }
    }

    /// <summary>
    /// Opens and checks a bundle whose files someone else has read, where there is no file system. Never throws on what they hold.
    /// </summary>
    /// <param name="manifest">The content of <c>manifest.json</c>.</param>
    /// <param name="files">The content of the manifest's files by name. The bundle views them, so they must not change afterwards.</param>
    /// <param name="bundle">The checked bundle, or null.</param>
    /// <param name="fault">Why it is refused, and what to do, or null.</param>
    public static bool TryOpen(
        ReadOnlyMemory<byte> manifest,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files,
        [NotNullWhen(true)] out Bundle? bundle,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(files);
        bundle = null;
        if (!ManifestReader.TryParse(manifest, out var parsed, out fault)) return false;
        if (!BundleContent.TryRead(parsed, BundleContent.Memory(files), out var content, out fault)) return false;
        bundle = new Bundle(parsed, content);
        return true;
    }

    /// <summary>Writes a bundle beside the target and swaps it in, so that the folder is never half written.</summary>
    /// <param name="folder">The target: absent, empty, or an older bundle, which is replaced.</param>
    /// <param name="withoutFiles">The manifest. Its <see cref="BundleManifest.Files"/> are replaced by what is written.</param>
    /// <param name="weights">The tensors of the model.</param>
    /// <param name="keys">What an app calls the items; null, the default, for no keys.</param>
    /// <param name="factors">What users share of their personal weights; null, the default, for none.</param>
    /// <exception cref="BundleException">
    /// The manifest has faults, there are not as many keys as items, or the folder holds something that is no part of a bundle.
    /// </exception>
    public static void Write(
        string folder, BundleManifest withoutFiles, SafetensorsWriter weights, ItemKeys? keys = null, ParameterFactors? factors = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(withoutFiles);
        ArgumentNullException.ThrowIfNull(weights);
        var bare = withoutFiles with { Files = [] };
        if (bare.Validate() is [_, ..] faults) throw new BundleException($"{folder}: not written, {string.Join("; ", faults)}");
        if (keys is not null && keys.Count != bare.Backbone.Items)
        {
            throw new BundleException(
                $"{folder}: not written, {keys.Count} item keys for {bare.Backbone.Items} items; give a key for each");
        }

        BundleFolder.Write(folder, temporary =>
        {
            var path = Path.Combine(temporary, WeightsName);
            weights.Save(path);
            List<BundleFile> files = [BundleContent.Describe(path)];
            if (keys is not null) files.Add(Save(keys.Write, Path.Combine(temporary, KeysName)));
            if (factors is not null) files.Add(Save(factors.Write, Path.Combine(temporary, FactorsName)));
            var manifest = bare with { Files = files };
            DurableFile.Write(Path.Combine(temporary, ManifestName), stream => stream.Write(manifest.ToJson()));
        });
    }

    private static BundleFile Save(Action<SafetensorsWriter> write, string path)
    {
        var writer = new SafetensorsWriter();
        write(writer);
        writer.Save(path);
        return BundleContent.Describe(path);
    }
}
