using System.Text.Json.Serialization;

namespace Tandem.Protocol.Messages;

/// <summary>
/// JSON of the messages: camelCase, compact. Unknown members are skipped, repeated ones refused, required ones refused where they are
/// missing or null; optional ones are left out where they are null, so that older readers see what they always saw.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CandidateRequest))]
[JsonSerializable(typeof(CandidateList))]
[JsonSerializable(typeof(ParameterRequest))]
[JsonSerializable(typeof(ParameterAnswer))]
[JsonSerializable(typeof(BundleRequest))]
[JsonSerializable(typeof(BundleAnswer))]
[JsonSerializable(typeof(EventBatch))]
[JsonSerializable(typeof(EventReceipt))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(ItemCodeTable))]
[JsonSerializable(typeof(CloudFault))]
public sealed partial class MessageJson : JsonSerializerContext;
