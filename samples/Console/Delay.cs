using System.Diagnostics;

namespace Tandem.Samples;

/// <summary>How long a person waited for the first ranking.</summary>
/// <param name="Name">From which moment it counts.</param>
/// <param name="JsonName">The same in JSON.</param>
/// <param name="Milliseconds">Until the ranking was there.</param>
internal readonly record struct Delay(string Name, string JsonName, double Milliseconds)
{
    private const double NsPerMs = 1e6;

    /// <summary>
    /// A cold start counts from the moment at which the caller started the process, so it holds the work of the loader and of the
    /// runtime. Linux tells a process its own start in steps of 10 ms only; without the caller's word the time counts from Main.
    /// </summary>
    /// <param name="entered">Time stamp of Main.</param>
    /// <param name="startedUnixNs">The caller's word.</param>
    public static Delay UntilNow(long entered, long? startedUnixNs) => startedUnixNs is { } started
        ? new("cold start", "coldStartMs",
            (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalNanoseconds / NsPerMs - started / NsPerMs)
        : new("from Main to first ranking", "fromMainMs", Stopwatch.GetElapsedTime(entered).TotalMilliseconds);
}
