namespace Tandem.Chat.Calls;

/// <summary>What a chat model did since it was opened.</summary>
public sealed record ChatCounts
{
    /// <summary>Lists that it put in order, cached answers included.</summary>
    public required long Ranked { get; init; }

    /// <summary>Of these, by an answer that was kept.</summary>
    public required long Cached { get; init; }

    /// <summary>Calls, repeated ones included.</summary>
    public required long Calls { get; init; }

    /// <summary>Of these, calls that repeat one that failed.</summary>
    public required long Retried { get; init; }

    /// <summary>Tokens read; a call that reports none counts as the most that it can have read. Calls under way are not in it.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Tokens written, likewise.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Price of both.</summary>
    public required decimal Money { get; init; }

    /// <summary>Entries of answers that name no candidate, or one again.</summary>
    public required long DroppedNumbers { get; init; }

    /// <summary>Candidates that answers left out; they follow in the order in which they were retrieved.</summary>
    public required long MissingNumbers { get; init; }

    /// <summary>Lists that were given as they were retrieved, by why; reasons that did not occur are not in it.</summary>
    public required IReadOnlyDictionary<ChatFault, long> Faults { get; init; }
}
