namespace Tandem.Cloud.Stores;

/// <summary>How much a store takes at once, and how much it remembers.</summary>
public sealed record StoreOptions
{
    /// <summary>Most appends that wait for their turn, 1 or more; a further one waits for a place. Default 1024.</summary>
    public int MostWaiting { get; init; } = 1024;

    /// <summary>
    /// Events, 1 or more, after which no further append is taken into a transaction; one append is never divided. Default 20,000, which
    /// take about half a second of one core.
    /// </summary>
    public int EventsPerCommit { get; init; } = 20_000;

    /// <summary>Most devices and most items, 1 or more each, whose numbers are kept in memory. Default 100,000.</summary>
    public int RememberedKeys { get; init; } = 100_000;

    /// <summary>Events, 1 or more, that <see cref="IEventStore.ExpireAsync"/> deletes in one transaction. Default 5,000.</summary>
    public int ExpiredPerCommit { get; init; } = 5_000;

    /// <summary>
    /// Largest SQLite file, in bytes, that is read through when it is opened, so that damage is told at once; of a larger one the damage is
    /// told by whatever meets it. Default 1 GiB.
    /// </summary>
    public long CheckedBytes { get; init; } = 1L << 30;

    /// <summary>How long an erasure waits for readers of a SQLite file to let go of the bytes. Default 30 s.</summary>
    public TimeSpan ErasePatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The steps of the schema, in place of those of this version; for tests.</summary>
    internal IReadOnlyList<Migration>? Migrations { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var (name, value) in new[]
        {
            (nameof(MostWaiting), MostWaiting), (nameof(EventsPerCommit), EventsPerCommit),
            (nameof(RememberedKeys), RememberedKeys), (nameof(ExpiredPerCommit), ExpiredPerCommit),
        })
        {
            if (value < 1) yield return $"{name} is {value}; set it to 1 or more";
        }

        if (CheckedBytes < 0) yield return $"CheckedBytes is {CheckedBytes}; set it to 0 or more";
        if (ErasePatience < TimeSpan.Zero) yield return $"ErasePatience is {ErasePatience}; set it to 0 or more";
    }
}
