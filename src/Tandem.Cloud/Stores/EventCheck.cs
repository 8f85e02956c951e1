namespace Tandem.Cloud.Stores;

/// <summary>What no store takes, so that every store takes the same.</summary>
internal static class EventCheck
{
    /// <exception cref="ArgumentException">A text is empty, too long or cannot be kept, or a value is not finite.</exception>
    public static void Require(DeviceId device, IReadOnlyList<NewEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Require(device);
        if (FaultOf(events) is { } fault) throw new ArgumentException(fault, nameof(events));
    }

    /// <summary>What is wrong with the first event that cannot be kept, or null.</summary>
    public static string? FaultOf(IReadOnlyList<NewEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if ((Fault(e.Id, NewEvent.LongestId) ?? Fault(e.Item, NewEvent.LongestItem)) is not null || !float.IsFinite(e.Value))
                return FaultAt(e, i);
        }

        return null;
    }

    /// <exception cref="ArgumentException">App or id is empty, too long or cannot be kept.</exception>
    public static void Require(DeviceId device)
    {
        if (Fault(device.App, DeviceId.LongestApp) is { } app) throw new ArgumentException($"the app's name {app}", nameof(device));
        if (Fault(device.Id, DeviceId.LongestId) is { } id) throw new ArgumentException($"the device's id {id}", nameof(device));
    }

    /// <exception cref="ArgumentException">The app's name or a key is empty, too long or cannot be kept.</exception>
    public static void RequireItems(string app, IEnumerable<string> keys)
    {
        if (Fault(app, DeviceId.LongestApp) is { } fault) throw new ArgumentException($"the app's name {fault}", nameof(app));
        foreach (var key in keys)
            if (Fault(key, NewEvent.LongestItem) is { } wrong) throw new ArgumentException($"the key of an item {wrong}", nameof(keys));
    }

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Fault(string? text, int longest)
    {
        if (string.IsNullOrEmpty(text)) return $"is empty, expected 1 to {longest} characters";
        if (text.Length > longest) return $"has {text.Length} characters, expected 1 to {longest}";
        if (text.Contains('\0')) return $"has the character U+0000 at place {text.IndexOf('\0')}, which databases do not keep";
        var lone = LoneSurrogate(text);
        return lone < 0 ? null : $"has half a surrogate pair at place {lone}; expected Unicode text";
    }

    private static string FaultAt(NewEvent e, int place)
    {
        if (Fault(e.Id, NewEvent.LongestId) is { } id) return $"the id of event {place} {id}";
        if (Fault(e.Item, NewEvent.LongestItem) is { } item) return $"the item of event {place} {item}";
        return $"the value {e.Value} of event {place} is not finite";
    }

    private static int LoneSurrogate(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (!char.IsSurrogatePair(text, at)) return at; // false at the last character
            at++;
        }

        return -1;
    }
}
