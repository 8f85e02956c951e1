using Tandem.Device.Http;

namespace Tandem.Device.DependencyInjection;

/// <summary>Where the cloud service is, who asks it, and what is done about a bad connection.</summary>
public sealed class TandemCloudOptions
{
    /// <summary>The service's address: absolute, https where it is not on this machine. Required.</summary>
    public Uri? Address { get; set; }

    /// <summary>Who asks, how long it waits, and how much it takes. Required.</summary>
    public HttpCloudOptions? Http { get; set; }

    /// <summary>
    /// Most attempts beyond the first, 0 to 10. Default 2: the last of three within a list's 3 s, after 0.2 and 0.4 s and chance, begins
    /// well before the deadline, which holds for all of them together.
    /// </summary>
    public int Retries { get; set; } = 2;

    /// <summary>
    /// After what time without an answer a list is asked for a second time, at the same time as the first; the answer that comes first
    /// counts. Above zero. Null, the default, never: it costs the service every slow list twice.
    /// </summary>
    public TimeSpan? HedgeAfter { get; set; }
}
