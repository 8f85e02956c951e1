using System.Text.Json.Serialization;

namespace Tandem.Protocol.Bundles;

/// <summary>
/// JSON of <c>manifest.json</c>: camelCase, indented. Unknown members are skipped, so a newer exporter may add some; missing,
/// null or repeated ones are refused. A manifest that is written to a file is sealed: <see cref="BundleManifest.ToJson"/>.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(BundleManifest))]
public sealed partial class BundleJson : JsonSerializerContext;
