using System.Diagnostics.CodeAnalysis;

namespace Tandem.Protocol.Messages;

/// <summary>Events that a device reports. An event that arrives twice counts once, so what may have been lost is sent again.</summary>
public sealed record EventBatch
{
    /// <summary>Most events in one batch.</summary>
    public const int MostEvents = 10_000;

    /// <summary>The item numbering of <see cref="Events"/>.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<ReportedEvent> Events { get; init; }

    /// <summary>Checks everything but the version, which only the cloud can compare with its own.</summary>
    /// <param name="items">V: the number of items in the cloud's catalogue.</param>
    /// <param name="fault">The first fault, or null.</param>
    public bool TryValidate(int items, [NotNullWhen(false)] out string? fault)
    {
        fault = Events.Count > MostEvents ? $"{Events.Count} events, expected at most {MostEvents}" : null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Events.Count && fault is null; i++)
        {
            var e = Events[i];
            fault = e is null ? $"event {i} is null" : e.FaultAt(i, items);
            if (fault is null && !seen.Add(e!.Id)) fault = $"the id {FaultText.Quote(e.Id)} of event {i} comes twice";
        }

        return fault is null;
    }
}
