using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Bundles;

/// <summary>Checks a bundle's files against its manifest and parses the weights.</summary>
internal static class BundleContent
{
    /// <summary>Hashes what is parsed, not a second reading of it, so that nothing can change between check and use.</summary>
    public static bool TryRead(
        string folder,
        IReadOnlyList<BundleFile> files,
        [NotNullWhen(true)] out SafetensorsFile? weights,
        [NotNullWhen(false)] out string? fault)
    {
        weights = null;
        foreach (var file in files)
        {
            fault = SizeFault(folder, file);
            if (fault is not null) return false;

            var bytes = File.ReadAllBytes(Path.Combine(folder, file.Name));
            var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
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
        }

        fault = weights is null ? $"the manifest lists no '{Bundle.WeightsName}': export the bundle again" : null;
        return fault is null;
    }

    /// <summary>Entry of a file just written.</summary>
    public static BundleFile Describe(string path)
    {
        using var stream = File.OpenRead(path);
        return new BundleFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static string? SizeFault(string folder, BundleFile file)
    {
        var info = new FileInfo(Path.Combine(folder, file.Name));
        if (!info.Exists) return $"file '{file.Name}' is missing: the bundle was not wholly copied";
        if (info.Length != file.SizeBytes)
        {
            return $"file '{file.Name}' has {info.Length} bytes, the manifest says {file.SizeBytes}: "
                + "it is cut off or was changed, fetch it again";
        }

        return info.Length > Array.MaxLength ? $"file '{file.Name}' has {info.Length} bytes, expected at most {Array.MaxLength}" : null;
    }
}
