using System.Diagnostics.CodeAnalysis;
using Tandem.Device;
using Tandem.Device.Http;

namespace Tandem.Samples;

/// <summary>What the cloud was asked and answered.</summary>
/// <param name="Asked">Whether the session's policy found that a list was worth a call.</param>
/// <param name="Reason">Why, and what came back.</param>
/// <param name="HasNewList">Whether the list serves now.</param>
/// <param name="ListAge">Events since it was made.</param>
/// <param name="EventsSent">Events whose receipt came.</param>
/// <param name="EventsWaiting">Events that wait for another start.</param>
internal sealed record CloudReport(bool Asked, string Reason, bool HasNewList, int ListAge, int EventsSent, int EventsWaiting)
{
    /// <summary>Opens the outbox, so that what is observed from now on is in it.</summary>
    public static bool TryOpenOutbox(CloudArguments? cloud, DeviceSession session, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        if (cloud?.Outbox is null) return true;
        if (!EventOutbox.TryOpen(cloud.Outbox, session.Model.CatalogVersion, new(), out var outbox, out fault)) return false;
        session.Outbox = outbox;
        return true;
    }

    /// <summary>Asks for a list where the policy says so, and sends what waits.</summary>
    /// <exception cref="ArgumentException">Address, device or key cannot be used.</exception>
    public static async Task<CloudReport> AskAsync(CloudArguments arguments, DeviceSession session)
    {
        using var client = new HttpClient { BaseAddress = arguments.Address };
        var cloud = new HttpCloud(client, new() { DeviceId = arguments.Device, Key = arguments.Key });
        var outcome = await session.RefreshAsync(cloud);
        var sent = session.Outbox is { } outbox ? await outbox.SendAsync(cloud) : default;
        return new(outcome.Asked, outcome.Reason, outcome.HasNewList, session.ListAge, sent.Sent, sent.Left);
    }
}
