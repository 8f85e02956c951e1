using System.Diagnostics.CodeAnalysis;

namespace Tandem.Protocol.Messages;

/// <summary>The cloud's answer to an <see cref="EventBatch"/>: every event of it is kept now.</summary>
public sealed record EventReceipt
{
    /// <summary>Events that were new to the cloud.</summary>
    public required int Added { get; init; }

    /// <summary>Events that it had.</summary>
    public required int Known { get; init; }

    /// <summary>Checks that the numbers add up.</summary>
    /// <param name="sent">Events of the batch.</param>
    /// <param name="fault">The first fault, or null.</param>
    public bool TryValidate(int sent, [NotNullWhen(false)] out string? fault)
    {
        fault = Added < 0 || Known < 0 || (long)Added + Known != sent
            ? $"{Added} events added and {Known} known, {sent} were sent; send them again"
            : null;
        return fault is null;
    }
}
