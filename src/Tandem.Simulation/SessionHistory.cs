using Tandem.Data;
using Tandem.Device;

namespace Tandem.Simulation;

/// <summary>Data's histories in a device's session.</summary>
internal static class SessionHistory
{
    /// <summary>Takes in every event of a history with all that is known of it; the time is 0 where it is unknown.</summary>
    public static void Observe(this DeviceSession session, History history)
    {
        var items = history.Items.Span;
        var times = history.Times.Span;
        var values = history.Values.Span;
        for (var i = 0; i < items.Length; i++) session.Observe(items[i], times.IsEmpty ? 0 : times[i], values.IsEmpty ? 1 : values[i]);
    }
}
