using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tandem.Protocol.Bundles;

/// <summary>Reads <c>manifest.json</c> and refuses what <see cref="BundleManifest.Validate"/> would not trust.</summary>
internal static class ManifestReader
{
    /// <summary>A manifest lists a few files; a longer one is not ours and is not read into memory.</summary>
    private const long LongestBytes = 1 << 20;

    public static bool TryRead(string path, [NotNullWhen(true)] out BundleManifest? manifest, [NotNullWhen(false)] out string? fault)
    {
        manifest = null;
        fault = FileLink.SizeOf(path) is { } bytes ? LengthFault(bytes) : "there is no manifest.json: not a bundle, or not wholly copied";
        return fault is null && TryParse(File.ReadAllBytes(path), out manifest, out fault);
    }

    public static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out BundleManifest? manifest, [NotNullWhen(false)] out string? fault)
    {
        manifest = null;
        try
        {
            // First of all, because another format or backbone may miss members that this one requires.
            fault = LengthFault(json.Length) ?? LeadFault(json);
            if (fault is not null) return false;

            var read = JsonSerializer.Deserialize(json.Span, BackboneShapes.Manifest)!;
            fault = read.Validate() is [_, ..] faults ? $"manifest.json: {string.Join("; ", faults)}" : null;
            if (fault is not null || !ManifestSeal.IsWhole(json.Span, read.ManifestSha256, out fault)) return false;
            manifest = read;
            return true;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException) // the latter where a kind is not where it belongs
        {
            fault = $"manifest.json cannot be read: {e.Message}";
            return false;
        }
    }

    private static string? LengthFault(long bytes) =>
        bytes is > 0 and <= LongestBytes ? null : $"manifest.json has {bytes} bytes, expected 1 to {LongestBytes}";

    private static string? LeadFault(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return "manifest.json is not a JSON object";
        return FormatFault(document.RootElement) ?? KindFault(document.RootElement);
    }

    private static string? FormatFault(JsonElement manifest)
    {
        if (!manifest.TryGetProperty("format", out var format)) return "manifest.json has no member 'format'";
        var isCurrent = format.ValueKind == JsonValueKind.Number
            && format.TryGetInt32(out var found)
            && found == BundleManifest.CurrentFormat;
        if (isCurrent) return null;
        return $"format {RawText(format)}, this build reads format {BundleManifest.CurrentFormat}: "
            + "update the app or export again";
    }

    private static string? KindFault(JsonElement manifest)
    {
        // What is no object is left to the deserializer, which names it.
        if (!manifest.TryGetProperty("backbone", out var backbone) || backbone.ValueKind != JsonValueKind.Object) return null;
        if (!backbone.TryGetProperty(BackboneShape.KindMember, out var kind)) return "manifest.json: backbone has no member 'kind'";
        if (kind.ValueKind == JsonValueKind.String && BackboneShapes.Kinds.Any(kind.ValueEquals)) return null;
        return $"backbone {RawText(kind)} is not one this build knows ({string.Join(", ", BackboneShapes.Kinds)}): update the app";
    }

    // GetRawText throws on what is not UTF-8; this shows it as it can.
    private static string RawText(JsonElement value) => FaultText.Shorten(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)));
}
