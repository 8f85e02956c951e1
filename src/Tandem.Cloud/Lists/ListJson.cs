using System.Text.Json.Serialization;

namespace Tandem.Cloud.Lists;

/// <summary>JSON of lists; the same rules as of the messages of devices.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ListRequest))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(ItemMarks))]
[JsonSerializable(typeof(ItemExplanation))]
internal sealed partial class ListJson : JsonSerializerContext;
