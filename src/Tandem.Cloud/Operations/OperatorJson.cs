using System.Text.Json.Serialization;
using Tandem.Cloud.Models;

namespace Tandem.Cloud.Operations;

/// <summary>JSON of what operators ask and are answered.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ModelStatus[]))]
[JsonSerializable(typeof(ServeRequest))]
[JsonSerializable(typeof(ErasedEvents))]
internal sealed partial class OperatorJson : JsonSerializerContext;
