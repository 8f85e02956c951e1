using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Bundles;

/// <summary>A bundle's files, checked against its manifest and parsed.</summary>
/// <param name="Weights">Of <c>model.safetensors</c>.</param>
/// <param name="Keys">Of <c>keys.safetensors</c>; null where there is none.</param>
/// <param name="Factors">Of <c>parameters.safetensors</c>; null where there is none.</param>
internal sealed record BundleContent(SafetensorsFile Weights, ItemKeys? Keys, ParameterFactors? Factors)
{
    /// <summary>Where a file's bytes come from; false, with the reason, where they are absent or not as many as promised.</summary>
    public delegate bool Source(BundleFile file, out ReadOnlyMemory<byte> bytes, [NotNullWhen(false)] out string? fault);

    /// <summary>Hashes what is parsed, not a second reading of it, so that nothing can change between check and use.</summary>
    public static bool TryRead(
        BundleManifest manifest,
        Source source,
        [NotNullWhen(true)] out BundleContent? content,
        [NotNullWhen(false)] out string? fault)
    {
        content = null;
        var (weights, keys, factors) = ((SafetensorsFile?)null, (ItemKeys?)null, (ParameterFactors?)null);
        foreach (var file in manifest.Files)
        {
            if (!source(file, out var bytes, out fault)) return false;
            var found = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
            if (!string.Equals(found, file.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                fault = $"file '{file.Name}' has SHA-256 {found}, the manifest says {FaultText.Shorten(file.Sha256)}: "
                    + "it was changed or damaged, fetch it again";
                return false;
            }

            if (file.Name == Bundle.WeightsName && !SafetensorsFile.TryParse(bytes, out weights, out fault))
            {
                fault = $"file '{file.Name}': {fault}; export the bundle again";
                return false;
            }

            if (file.Name == Bundle.KeysName && !TryReadKeys(bytes, manifest.Backbone.Items, out keys, out fault)) return false;
            if (file.Name == Bundle.FactorsName && !TryReadFactors(bytes, out factors, out fault)) return false;
        }

        fault = weights is null ? $"the manifest lists no '{Bundle.WeightsName}': export the bundle again" : null;
        if (weights is not null) content = new(weights, keys, factors);
        return fault is null;
    }

    /// <summary>Files of a folder.</summary>
    public static Source Folder(string folder) =>
        (BundleFile file, out ReadOnlyMemory<byte> bytes, [NotNullWhen(false)] out string? fault) =>
    {
        bytes = default;
        var path = Path.Combine(folder, file.Name);
        fault = SizeFault(file, FileLink.SizeOf(path));
        if (fault is null) bytes = File.ReadAllBytes(path);
        return fault is null;
    };

    /// <summary>Files by name that someone else has read.</summary>
    public static Source Memory(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files) =>
        (BundleFile file, out ReadOnlyMemory<byte> bytes, [NotNullWhen(false)] out string? fault) =>
        {
            fault = SizeFault(file, files.TryGetValue(file.Name, out bytes) ? bytes.Length : null);
            return fault is null;
        };

    /// <summary>Entry of a file just written.</summary>
    public static BundleFile Describe(string path)
    {
        using var stream = File.OpenRead(path);
        return new BundleFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static bool TryReadKeys(
        ReadOnlyMemory<byte> bytes, int items, [NotNullWhen(true)] out ItemKeys? keys, [NotNullWhen(false)] out string? fault)
    {
        keys = null;
        if (!SafetensorsFile.TryParse(bytes, out var file, out fault))
        {
            fault = $"file '{Bundle.KeysName}': {fault}; export the bundle again";
            return false;
        }

        try
        {
            keys = ItemKeys.Read(file, items);
            return true;
        }
        catch (SafetensorsException e)
        {
            fault = $"file '{Bundle.KeysName}': {e.Message}";
            return false;
        }
    }

    private static bool TryReadFactors(
        ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ParameterFactors? factors, [NotNullWhen(false)] out string? fault)
    {
        factors = null;
        if (SafetensorsFile.TryParse(bytes, out var file, out fault) && ParameterFactors.TryRead(file, out factors, out fault)) return true;
        fault = $"file '{Bundle.FactorsName}': {fault}; export the bundle again";
        return false;
    }

    private static string? SizeFault(BundleFile file, long? foundBytes)
    {
        if (foundBytes is not { } found) return $"file '{file.Name}' is missing: the bundle was not wholly copied";
        if (found == 0) return $"file '{file.Name}' is empty or no regular file: fetch it again";
        if (found != file.SizeBytes)
        {
            return $"file '{file.Name}' has {found} bytes, the manifest says {file.SizeBytes}: it is cut off or was changed, fetch it "
                + "again";
        }

        return found > Array.MaxLength ? $"file '{file.Name}' has {found} bytes, expected at most {Array.MaxLength}" : null;
    }
}
