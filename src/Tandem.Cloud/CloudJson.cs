using System.Text.Json.Serialization;
using Tandem.Cloud.Lists;
using Tandem.Cloud.Models;
using Tandem.Cloud.Operations;

namespace Tandem.Cloud;

/// <summary>JSON of what the service says beside the messages of devices; the same rules as theirs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ListRequest))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ModelStatus[]))]
[JsonSerializable(typeof(ServeRequest))]
[JsonSerializable(typeof(ErasedEvents))]
internal sealed partial class CloudJson : JsonSerializerContext;
