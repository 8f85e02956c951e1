using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Tandem.Protocol.Bundles;

namespace Tandem.Protocol.Messages;

/// <summary>The cloud's answer: the files of a bundle, or that the device has it.</summary>
public sealed record BundleAnswer
{
    /// <summary>The version answered.</summary>
    public required string Version { get; init; }

    /// <summary>Content of <c>manifest.json</c>, base64 in JSON; null where the device has this version.</summary>
    public byte[]? Manifest { get; init; }

    /// <summary>Content of the manifest's files by name, base64 in JSON; null where the device has this version.</summary>
    public IReadOnlyDictionary<string, byte[]>? Files { get; init; }

    /// <summary>
    /// A <see cref="BundleSignature"/> over <see cref="Manifest"/>, base64 in JSON; null where the bundle is not signed. Whoever takes the
    /// bundle in verifies it.
    /// </summary>
    public byte[]? Signature { get; init; }

    /// <summary>True where the device has what it asked for.</summary>
    [JsonIgnore]
    public bool IsKnown => Manifest is null && Files is null;

    /// <summary>Opens and checks the bundle: hashes, shapes and that it is the version answered.</summary>
    /// <param name="bundle">The bundle, which views the bytes of the answer, or null.</param>
    /// <param name="fault">Why it is refused, or null.</param>
    public bool TryOpen([NotNullWhen(true)] out Bundle? bundle, [NotNullWhen(false)] out string? fault)
    {
        bundle = null;
        fault = "the answer holds no files; keep the bundle of this version, or ask without a known version";
        if (Manifest is null || Files is null) return false;
        var files = Files.ToDictionary(file => file.Key, file => (ReadOnlyMemory<byte>)file.Value, StringComparer.Ordinal);
        if (!Bundle.TryOpen(Manifest, files, out var opened, out fault)) return false;
        if (opened.Manifest.Version != Version)
        {
            fault = $"the answer is said to be version {FaultText.Quote(Version)}, its manifest is of "
                + $"{FaultText.Quote(opened.Manifest.Version)}";
        }
        else
        {
            bundle = opened;
        }

        return bundle is not null;
    }
}
