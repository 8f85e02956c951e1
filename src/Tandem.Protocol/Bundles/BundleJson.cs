using System.Text.Json.Serialization;

namespace Tandem.Protocol.Bundles;

/// <summary>
/// JSON of <c>manifest.json</c>: camelCase, indented. Unknown members are skipped, so a newer exporter may add some; missing,
/// null or repeated ones are refused. The kinds of backbones are <see cref="BackboneShapes"/>' to add.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(DinShape))]
[JsonSerializable(typeof(Gru4RecShape))]
[JsonSerializable(typeof(HstuShape))]
[JsonSerializable(typeof(SasRecShape))]
[JsonSerializable(typeof(TttShape))]
internal sealed partial class BundleJson : JsonSerializerContext;
