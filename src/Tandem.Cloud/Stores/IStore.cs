namespace Tandem.Cloud.Stores;

/// <summary>What the service keeps: one file, or one database.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>For people: what it is and where, without secrets.</summary>
    string Description { get; }

    /// <summary>Events.</summary>
    IEventStore Events { get; }

    /// <summary>What devices in experiments were given.</summary>
    IExposureStore Exposures { get; }

    /// <summary>What is unavailable.</summary>
    IItemStore Items { get; }

    /// <summary>API keys.</summary>
    IApiKeyStore Keys { get; }

    /// <summary>Returns where it answers; throws what tells why it does not.</summary>
    Task ProbeAsync(CancellationToken cancel = default);

    /// <summary>
    /// Checks its integrity: of a SQLite file every page, of both kinds what the tables say of each other. Takes a while, in which
    /// nothing else waits.
    /// </summary>
    /// <returns>Every fault; empty where it is sound.</returns>
    Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancel = default);
}
