using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Protocol.Messages;

/// <summary>Names of kinds on the wire; unlike the system's converter it reads an unknown name.</summary>
internal sealed class CloudFaultKindConverter : JsonConverter<CloudFaultKind>
{
    private static readonly string[] _names = ["other", "notOffered", "unreachable", "busy", "refused", "denied", "notFound", "failed"];

    public override CloudFaultKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? (CloudFaultKind)Math.Max(0, Array.IndexOf(_names, reader.GetString()))
            : throw new JsonException("a kind of fault is a text");

    public override void Write(Utf8JsonWriter writer, CloudFaultKind value, JsonSerializerOptions options) =>
        writer.WriteStringValue(NameOf(value));

    public static string NameOf(CloudFaultKind kind) => (int)kind >= 0 && (int)kind < _names.Length ? _names[(int)kind] : _names[0];
}
