namespace Tandem.Chat.Calls;

/// <summary>Counts for this process and for the meter at once.</summary>
internal sealed class ChatTally
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ChatFault, long> _faults = [];
    private long _ranked, _cached, _calls, _retried, _input, _output, _dropped, _missing;
    private decimal _money;

    /// <summary>All so far.</summary>
    public ChatCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new()
                {
                    Ranked = _ranked,
                    Cached = _cached,
                    Calls = _calls,
                    Retried = _retried,
                    InputTokens = _input,
                    OutputTokens = _output,
                    Money = _money,
                    DroppedNumbers = _dropped,
                    MissingNumbers = _missing,
                    Faults = new Dictionary<ChatFault, long>(_faults),
                };
            }
        }
    }

    public void Called(bool isRetry)
    {
        lock (_lock) (_calls, _retried) = (_calls + 1, _retried + (isRetry ? 1 : 0));
        ChatMeter.Calls.Add(1);
        if (isRetry) ChatMeter.Retries.Add(1);
    }

    public void Spent((long Input, long Output, decimal Money) cost)
    {
        lock (_lock) (_input, _output, _money) = (_input + cost.Input, _output + cost.Output, _money + cost.Money);
        ChatMeter.Tokens.Add(cost.Input, new KeyValuePair<string, object?>("direction", "input"));
        ChatMeter.Tokens.Add(cost.Output, new KeyValuePair<string, object?>("direction", "output"));
        ChatMeter.Money.Add((double)cost.Money);
    }

    /// <param name="dropped">Entries of the answer that count for nothing.</param>
    /// <param name="missing">Candidates that it left out.</param>
    public void Answered(int dropped, int missing)
    {
        lock (_lock) (_dropped, _missing) = (_dropped + dropped, _missing + missing);
        ChatMeter.Dropped.Add(dropped);
    }

    public void Ranked(bool isCached)
    {
        lock (_lock) (_ranked, _cached) = (_ranked + 1, _cached + (isCached ? 1 : 0));
        ChatMeter.Lists.Add(1, new KeyValuePair<string, object?>("source", isCached ? "cache" : "model"));
    }

    public void Failed(ChatFault fault)
    {
        lock (_lock) _faults[fault] = _faults.GetValueOrDefault(fault) + 1;
        ChatMeter.Lists.Add(
            1, new KeyValuePair<string, object?>("source", "retrieved"), new KeyValuePair<string, object?>("fault", fault.ToString()));
    }
}
