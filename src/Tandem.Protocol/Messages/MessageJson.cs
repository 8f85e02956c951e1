using System.Text.Json.Serialization;

namespace Tandem.Protocol.Messages;

/// <summary>JSON of the messages: camelCase, compact. Unknown members are skipped; missing, null or repeated ones are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CandidateRequest))]
[JsonSerializable(typeof(CandidateList))]
public sealed partial class MessageJson : JsonSerializerContext;
