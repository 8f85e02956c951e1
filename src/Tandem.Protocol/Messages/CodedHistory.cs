namespace Tandem.Protocol.Messages;

/// <summary>A history that names no item: of each event the code that its item shares with others (<see cref="ItemCodeTable"/>).</summary>
public sealed record CodedHistory
{
    /// <summary>Of the table.</summary>
    public required string Version { get; init; }

    /// <summary>[N] codes, oldest first, each in 0 … 65,535.</summary>
    public required IReadOnlyList<int> Codes { get; init; }

    /// <summary>The first fault, or null.</summary>
    internal string? Fault()
    {
        if (EventHistory.NameFault("the version of the codes", Version) is { } fault) return fault;
        if (Codes.Count > EventHistory.MostEvents) return $"{Codes.Count} codes, expected at most {EventHistory.MostEvents}";
        for (var i = 0; i < Codes.Count; i++)
            if (Codes[i] is < 0 or > ushort.MaxValue) return $"code {Codes[i]} of event {i} is outside 0..{ushort.MaxValue}";
        return null;
    }
}
