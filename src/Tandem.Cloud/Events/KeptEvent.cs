using System.Text.Json.Serialization;

namespace Tandem.Cloud.Events;

/// <summary>An event as operators read it: a row of the export.</summary>
/// <param name="Sequence">Its place in the order of arrival.</param>
/// <param name="Device">Whose, within the app.</param>
/// <param name="Id">Made by the device.</param>
/// <param name="Item">The item's key.</param>
/// <param name="Time">Unix seconds, as the device said.</param>
/// <param name="Value">A rating or another strength.</param>
/// <param name="Received">Unix seconds by the service's clock.</param>
public sealed record KeptEvent(long Sequence, string Device, string Id, string Item, long Time, float Value, long Received);

/// <summary>JSON of events that operators read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(IAsyncEnumerable<KeptEvent>))]
[JsonSerializable(typeof(KeptEvent))]
public sealed partial class KeptEventJson : JsonSerializerContext;
