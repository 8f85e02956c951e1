using System.Diagnostics.Metrics;

namespace Tandem.Chat.Calls;

/// <summary>What is counted for OpenTelemetry.</summary>
internal static class ChatMeter
{
    /// <summary>Of the meter.</summary>
    public const string Name = "Tandem.Chat";

    private static readonly Meter _meter = new(Name);

    /// <summary>Lists, by <c>source</c>: model, cache, or retrieved, then with a <c>fault</c>.</summary>
    public static readonly Counter<long> Lists = _meter.CreateCounter<long>(
        "tandem.chat.lists", "{list}", "lists ranked or given as retrieved");

    /// <summary>Calls to the model, repeated ones included.</summary>
    public static readonly Counter<long> Calls = _meter.CreateCounter<long>("tandem.chat.calls", "{call}", "calls to the chat model");

    /// <summary>Calls that repeat one that failed.</summary>
    public static readonly Counter<long> Retries = _meter.CreateCounter<long>("tandem.chat.retries", "{call}", "calls made again");

    /// <summary>Tokens, by <c>direction</c>: input or output; a call that reports none counts as the most that it can have used.</summary>
    public static readonly Counter<long> Tokens = _meter.CreateCounter<long>("tandem.chat.tokens", "{token}", "tokens counted");

    /// <summary>Their price.</summary>
    public static readonly Counter<double> Money = _meter.CreateCounter<double>("tandem.chat.money", "{unit}", "price of the tokens");

    /// <summary>Entries of answers that name no candidate, or one again.</summary>
    public static readonly Counter<long> Dropped = _meter.CreateCounter<long>("tandem.chat.dropped", "{number}", "numbers dropped");
}
