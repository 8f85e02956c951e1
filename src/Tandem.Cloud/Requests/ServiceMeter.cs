using System.Diagnostics.Metrics;

namespace Tandem.Cloud.Requests;

/// <summary>What the service counts and times, for OpenTelemetry.</summary>
internal static class ServiceMeter
{
    /// <summary>Of the meter.</summary>
    public const string Name = "Tandem.Cloud";

    private static readonly Meter _meter = new(Name);

    /// <summary>Lists given, by <c>source</c>: model, cache, fallback or popularity.</summary>
    public static readonly Counter<long> Lists = _meter.CreateCounter<long>("tandem.lists", "{list}", "lists given");

    /// <summary>Weights given.</summary>
    public static readonly Counter<long> Parameters = _meter.CreateCounter<long>("tandem.parameters", "{packet}", "packets given");

    /// <summary>Events kept, by <c>new</c>: true, or false for such as were known.</summary>
    public static readonly Counter<long> Events = _meter.CreateCounter<long>("tandem.events", "{event}", "events acknowledged");

    /// <summary>Requests refused, by <c>code</c>.</summary>
    public static readonly Counter<long> Refusals = _meter.CreateCounter<long>("tandem.refusals", "{request}", "requests refused");

    /// <summary>From a request's coming to the beginning of its batch.</summary>
    public static readonly Histogram<double> QueueTime = _meter.CreateHistogram<double>(
        "tandem.queue.time", "ms", "time that requests waited for a model");

    /// <summary>Items that a device's events took from its last list, by <c>listed</c>: its mean is the recall of served lists.</summary>
    public static readonly Counter<long> Taken = _meter.CreateCounter<long>(
        "tandem.taken", "{event}", "events of devices that have a list, by whether the item was on it");
}
