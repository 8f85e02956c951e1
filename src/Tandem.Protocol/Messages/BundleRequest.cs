using System.Diagnostics.CodeAnalysis;

namespace Tandem.Protocol.Messages;

/// <summary>A device asks the cloud for a bundle.</summary>
public sealed record BundleRequest
{
    /// <summary>Name of the model, the same over all its versions.</summary>
    public required string Name { get; init; }

    /// <summary>The version wanted; null, the default, for the newest.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// The version that the device has: where it is the one to answer, the answer brings no files. Null where it has none.
    /// </summary>
    public string? KnownVersion { get; init; }

    /// <summary>Checks that names are neither empty nor without end.</summary>
    /// <param name="fault">The first fault, or null.</param>
    public bool TryValidate([NotNullWhen(false)] out string? fault)
    {
        fault = EventHistory.NameFault("the name", Name);
        if (Version is not null) fault ??= EventHistory.NameFault("the version", Version);
        if (KnownVersion is not null) fault ??= EventHistory.NameFault("the known version", KnownVersion);
        return fault is null;
    }
}
