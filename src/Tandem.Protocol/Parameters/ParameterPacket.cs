using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Parameters;

/// <summary>
/// Weights that take the place of some of a bundle's, for one user: a safetensors file whose tensors have the bundle's names and shapes,
/// in float32, float16 or bfloat16, and whose metadata name the weights that they belong to.
/// </summary>
public sealed class ParameterPacket
{
    private const string ModelVersionKey = "modelVersion";
    private const string VersionKey = "version";

    private ParameterPacket(string modelVersion, string version, SafetensorsFile weights) =>
        (ModelVersion, Version, Weights) = (modelVersion, version, weights);

    /// <summary>Version of the bundle that the weights were made for. Those of another one are never mixed with it.</summary>
    public string ModelVersion { get; }

    /// <summary>Names the packet: opaque text, compared for equality only.</summary>
    public string Version { get; }

    /// <summary>The tensors. Names and shapes are the backbone's to check.</summary>
    public SafetensorsFile Weights { get; }

    /// <summary>Parses bytes from anywhere. Never throws, whatever they hold.</summary>
    /// <param name="bytes">The whole packet. The result views it, so it must not change afterwards.</param>
    /// <param name="packet">The parsed packet, or null.</param>
    /// <param name="fault">Why it is refused, or null.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ParameterPacket? packet, [NotNullWhen(false)] out string? fault)
    {
        packet = null;
        if (!SafetensorsFile.TryParse(bytes, out var file, out fault)) return false;
        if (!file.Metadata.TryGetValue(ModelVersionKey, out var modelVersion) || !file.Metadata.TryGetValue(VersionKey, out var version))
            fault = $"the metadata lack '{ModelVersionKey}' or '{VersionKey}': not a parameter packet";
        else if (file.Tensors.Count == 0)
            fault = "the packet holds no tensor";
        else
            packet = new(modelVersion, version, file);
        return packet is not null;
    }

    /// <summary>The bytes of a packet.</summary>
    /// <param name="modelVersion">Version of the bundle that the weights are made for.</param>
    /// <param name="version">Names the packet.</param>
    /// <param name="weights">Tensors under the bundle's names; its metadata gets the versions.</param>
    public static byte[] ToBytes(string modelVersion, string version, SafetensorsWriter weights)
    {
        (weights.Metadata[ModelVersionKey], weights.Metadata[VersionKey]) = (modelVersion, version);
        return weights.ToArray();
    }
}
