using Tandem.Device;
using Tandem.Device.Collaboration;

namespace Tandem.Cli;

/// <summary>A place of a ranking, as it is shown.</summary>
/// <param name="Item">Its id.</param>
/// <param name="Key">What it is called.</param>
/// <param name="Score">By which it is ranked.</param>
internal sealed record RankedItem(int Item, string Key, float Score);

/// <summary>What a click brought.</summary>
/// <param name="Click">What was clicked; null for none.</param>
/// <param name="Online">Whether the cloud may be asked.</param>
/// <param name="Asked">Whether it was.</param>
/// <param name="Reason">Why, or why not, and what came back.</param>
/// <param name="NewList">Whether its list serves now.</param>
/// <param name="Fault">What it answered in place of a list; null for none.</param>
/// <param name="Milliseconds">From the request to the answer.</param>
/// <param name="ListAge">Clicks since the list was made.</param>
/// <param name="EventsSent">Clicks that the service has by now; null where none are sent.</param>
/// <param name="EventsWaiting">Clicks that wait.</param>
/// <param name="Ranking">Best first.</param>
internal sealed record DeviceTurn(
    string? Click,
    bool Online,
    bool Asked,
    string Reason,
    bool NewList,
    string? Fault,
    double Milliseconds,
    int ListAge,
    int? EventsSent,
    int? EventsWaiting,
    IReadOnlyList<RankedItem> Ranking);

/// <summary>A user's device that a terminal shows.</summary>
/// <param name="session">Its session.</param>
/// <param name="cloud">Whom it asks; null for nobody.</param>
/// <param name="outbox">Where clicks wait for the service; null where none are sent.</param>
/// <param name="count">Items shown.</param>
internal sealed class TerminalDevice(DeviceSession session, ICloud? cloud, EventOutbox? outbox, int count)
{
    private int _sent;

    public DeviceModel Model => session.Model;

    /// <summary>Whether the cloud may be asked; false as on a train.</summary>
    public bool IsOnline { get; set; } = cloud is not null;

    /// <summary>True where there is a cloud.</summary>
    public bool HasCloud => cloud is not null;

    /// <summary>Takes a click in, asks the cloud where that is worth it, and ranks.</summary>
    /// <param name="item">What is clicked; null to rank alone.</param>
    /// <param name="cancel">Ends the requests.</param>
    public async Task<DeviceTurn> ClickAsync(int? item, CancellationToken cancel)
    {
        if (item is { } clicked) session.Observe(clicked);
        var outcome = IsOnline
            ? await session.RefreshAsync(cloud!, cancel)
            : new RequestOutcome { Reason = cloud is null ? "there is no cloud" : "offline" };
        if (IsOnline && outbox is not null) _sent += (await outbox.SendAsync(cloud!, cancel)).Sent;
        return new(
            item is null ? null : ClickedItems.NameOf(Model, item.Value), IsOnline, outcome.Asked, outcome.Reason, outcome.HasNewList,
            outcome.Fault?.ToString(), Math.Round(outcome.Elapsed.TotalMilliseconds, 1), session.ListAge,
            outbox is null ? null : _sent, outbox?.Count,
            [.. session.Recommend(count).Select(best => new RankedItem(best.Item, ClickedItems.NameOf(Model, best.Item), best.Score))]);
    }

    /// <summary>Takes the last click back; false where there is none.</summary>
    public bool Undo() => session.Undo();
}
