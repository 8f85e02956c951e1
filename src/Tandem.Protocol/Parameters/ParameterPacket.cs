using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Parameters;

/// <summary>
/// Weights of one user in the place of some of a bundle's: a safetensors file whose tensors are one of the <see cref="ParameterForm"/>s,
/// and whose metadata name the weights that they belong to.
/// </summary>
/// <remarks>
/// Metadata, all of them texts: <c>modelVersion</c>, <c>version</c>, and where they are there <c>factors</c>, <c>createdAt</c>,
/// <c>validFor</c> and <c>checksum</c>, the SHA-256 over all other metadata and all tensors. Unknown ones are skipped.
/// </remarks>
public sealed class ParameterPacket
{
    internal const string ChecksumKey = "checksum";

    private const string ModelVersionKey = "modelVersion";
    private const string VersionKey = "version";
    private const string FactorsKey = "factors";
    private const string CreatedAtKey = "createdAt";
    private const string ValidForKey = "validFor";

    private ParameterPacket(SafetensorsFile weights, ParameterForm form, ParameterPacketOptions said)
    {
        (ModelVersion, Version) = (weights.Metadata[ModelVersionKey], weights.Metadata[VersionKey]);
        (Weights, Form, Factors, CreatedAt, ValidFor) = (weights, form, said.Factors, said.CreatedAt, said.ValidFor);
    }

    /// <summary>Version of the bundle that the weights were made for. Those of another one are never mixed with it.</summary>
    public string ModelVersion { get; }

    /// <summary>Names the packet: opaque text, compared for equality only.</summary>
    public string Version { get; }

    /// <summary>What the tensors are.</summary>
    public ParameterForm Form { get; }

    /// <summary><see cref="ParameterFactors.Hash"/> of those that it was made for; null for full weights and plans.</summary>
    public string? Factors { get; }

    /// <summary>When it was made, in unix seconds; null where it does not say.</summary>
    public long? CreatedAt { get; }

    /// <summary>Seconds after <see cref="CreatedAt"/> that it may serve; null without end.</summary>
    public long? ValidFor { get; }

    /// <summary>The last second, in unix time, that it may serve; null without end.</summary>
    public long? ExpiresAt => CreatedAt is { } at && ValidFor is { } seconds ? at + Math.Min(seconds, long.MaxValue - at) : null;

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
        fault = WholenessFault(file) ?? MetadataFault(file.Metadata);
        if (fault is not null) return false;
        fault = PacketTensors.FaultOf(file, out var form);
        if (fault is not null) return false;
        var said = Said(file.Metadata);
        if (StandsOnFactors(form) && said.Factors is null)
            fault = $"the metadata lack '{FactorsKey}', the hash of the factors that cores and codes are for; make the packet with it";
        else
            packet = new(file, form, said);
        return packet is not null;
    }

    /// <summary>True for the forms that change weights through a bundle's <see cref="ParameterFactors"/>.</summary>
    internal static bool StandsOnFactors(ParameterForm form) => form is ParameterForm.LowRank or ParameterForm.Codes;

    /// <summary>The bytes of a packet that says nothing but its versions.</summary>
    /// <inheritdoc cref="ToBytes(string, string, SafetensorsWriter, ParameterPacketOptions)"/>
    public static byte[] ToBytes(string modelVersion, string version, SafetensorsWriter weights) =>
        ToBytes(modelVersion, version, weights, new());

    /// <summary>The bytes of a packet, with a checksum.</summary>
    /// <param name="modelVersion">Version of the bundle that the weights are made for.</param>
    /// <param name="version">Names the packet.</param>
    /// <param name="weights">Tensors of one form, see <see cref="PacketTensors"/>; its metadata get what the packet says.</param>
    /// <param name="options">Factors and time.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public static byte[] ToBytes(string modelVersion, string version, SafetensorsWriter weights, ParameterPacketOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        Say(ModelVersionKey, modelVersion);
        Say(VersionKey, version);
        Say(FactorsKey, options.Factors);
        Say(CreatedAtKey, options.CreatedAt?.ToString(CultureInfo.InvariantCulture));
        Say(ValidForKey, options.ValidFor?.ToString(CultureInfo.InvariantCulture));
        return SafetensorsDigest.Seal(weights, ChecksumKey);

        void Say(string key, string? value)
        {
            if (value is null) weights.Metadata.Remove(key);
            else weights.Metadata[key] = value;
        }
    }

    private static string? WholenessFault(SafetensorsFile file)
    {
        if (!file.Metadata.ContainsKey(ModelVersionKey) || !file.Metadata.ContainsKey(VersionKey))
            return $"the metadata lack '{ModelVersionKey}' or '{VersionKey}': not a parameter packet";
        if (file.Tensors.Count == 0) return "the packet holds no tensor";
        return file.Metadata.TryGetValue(ChecksumKey, out var found) && found != SafetensorsDigest.Of(file, ChecksumKey)
            ? "the checksum is not that of the content: the packet was damaged or changed; ask for it again"
            : null;
    }

    private static string? MetadataFault(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var key in (ReadOnlySpan<string>)[CreatedAtKey, ValidForKey])
        {
            if (metadata.TryGetValue(key, out var text) && Number(metadata, key) is null)
                return $"'{key}' is {FaultText.Quote(text)}, expected a whole number of seconds; make the packet anew";
        }

        return Said(metadata).Validate().FirstOrDefault();
    }

    private static ParameterPacketOptions Said(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Factors = metadata.GetValueOrDefault(FactorsKey),
        CreatedAt = Number(metadata, CreatedAtKey),
        ValidFor = Number(metadata, ValidForKey),
    };

    private static long? Number(IReadOnlyDictionary<string, string> metadata, string key) =>
        long.TryParse(metadata.GetValueOrDefault(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
