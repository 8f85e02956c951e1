using Tandem.Protocol.Bundles;

namespace Tandem.Cloud.Models;

/// <summary>A bundle as it is given to devices: its manifest in memory, its files where they lie.</summary>
internal sealed class BundleFiles
{
    private readonly string _folder;
    private readonly HashSet<string> _names;

    private BundleFiles(string folder, Bundle bundle, byte[] manifest)
    {
        (_folder, Name, Version, Manifest) = (Path.GetFullPath(folder), bundle.Manifest.Name, bundle.Manifest.Version, manifest);
        _names = [.. bundle.Manifest.Files.Select(file => file.Name)];
    }

    /// <summary>Of the model, as its manifest says.</summary>
    public string Name { get; }

    /// <summary>Of the model's weights.</summary>
    public string Version { get; }

    /// <summary>Content of <c>manifest.json</c>, as it was signed.</summary>
    public byte[] Manifest { get; }

    /// <summary>Null where bundles are not signed.</summary>
    public byte[]? Signature { get; private init; }

    /// <param name="folder">Of the bundle.</param>
    /// <param name="bundle">As it was opened and checked there.</param>
    /// <param name="signer">Null for none.</param>
    public static BundleFiles Of(string folder, Bundle bundle, BundleSigner? signer)
    {
        var manifest = File.ReadAllBytes(Path.Combine(folder, "manifest.json"));
        return new(folder, bundle, manifest) { Signature = signer?.Sign(manifest) };
    }

    /// <summary>Where a file of the manifest lies; null for any other name.</summary>
    public string? PathOf(string name) => _names.Contains(name) ? Path.Combine(_folder, name) : null;
}
