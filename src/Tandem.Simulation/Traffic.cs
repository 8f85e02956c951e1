namespace Tandem.Simulation;

/// <summary>What a device exchanged with the cloud.</summary>
/// <param name="Calls">Requests that left the device.</param>
/// <param name="BytesUp">Of the requests, as JSON.</param>
/// <param name="BytesDown">Of the answers that arrived, as JSON.</param>
/// <param name="Tokens">Items of the requests' histories and of the lists that were made for them, times the tokens of an item.</param>
public readonly record struct Traffic(long Calls, long BytesUp, long BytesDown, long Tokens)
{
    /// <summary>Both together.</summary>
    public static Traffic operator +(Traffic one, Traffic other) => new(
        one.Calls + other.Calls, one.BytesUp + other.BytesUp, one.BytesDown + other.BytesDown, one.Tokens + other.Tokens);

    /// <summary>What came since the other was counted.</summary>
    public static Traffic operator -(Traffic later, Traffic earlier) => new(
        later.Calls - earlier.Calls, later.BytesUp - earlier.BytesUp, later.BytesDown - earlier.BytesDown, later.Tokens - earlier.Tokens);
}
