namespace Tandem.Cloud.Stores;

/// <summary>An event that is kept.</summary>
/// <param name="Sequence">Its place in the order of arrival: greater than that of every event that was acknowledged before.</param>
/// <param name="Device">Whose.</param>
/// <param name="Event">As it came.</param>
/// <param name="Received">Unix seconds by the service's clock.</param>
public sealed record StoredEvent(long Sequence, DeviceId Device, NewEvent Event, long Received);
