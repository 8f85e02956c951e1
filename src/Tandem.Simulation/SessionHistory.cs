using Tandem.Data;
using Tandem.Device;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>Data's histories in a device's session, and in the requests of one.</summary>
internal static class SessionHistory
{
    /// <summary>Takes in every event of a history with all that is known of it; the time is 0 where it is unknown.</summary>
    public static void Observe(this DeviceSession session, History history)
    {
        for (var i = 0; i < history.Length; i++) session.Observe(history, i);
    }

    /// <summary>Takes in one event of a history.</summary>
    public static void Observe(this DeviceSession session, History history, int place) => session.Observe(
        history.Items.Span[place],
        history.Times.IsEmpty ? 0 : history.Times.Span[place],
        history.Values.IsEmpty ? 1 : history.Values.Span[place]);

    /// <summary>What a session that has observed a history asks.</summary>
    public static CandidateRequest Request(this History history, DeviceModel device, SimulationOptions options)
    {
        var times = history.Times.ToArray();
        var values = history.Values.ToArray().Select(value => (float)(Half)value).ToArray(); // as a session keeps them
        return new()
        {
            CatalogVersion = device.CatalogVersion,
            History = history.Items.ToArray(),
            Times = times.Any(time => time != 0) ? times : null,
            Values = values.Any(value => value != 1) ? values : null,
            Count = options.ListLength,
            IncludeSeen = !options.ExcludeConsumed,
        };
    }
}
