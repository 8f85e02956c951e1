namespace Tandem.Device.Collaboration;

/// <summary>What a <see cref="IRequestDecider"/> decides on. Calls are those since the session was opened.</summary>
public readonly record struct RequestSituation
{
    /// <summary>All zero but <see cref="SecondsSinceCall"/>, which is infinite.</summary>
    public RequestSituation()
    {
    }

    /// <summary>Disagreement of cloud and device over the list, from 0 to 1: <see cref="RankInconsistency"/>. 0 without a list.</summary>
    public double Inconsistency { get; init; }

    /// <summary>Items of the list that are left to rank; 0 without a list.</summary>
    public int ItemsLeft { get; init; }

    /// <summary>Events observed since the cloud made the list; 0 without a list.</summary>
    public int ListAge { get; init; }

    /// <summary>The user's events: all that were observed and not taken back.</summary>
    public long Events { get; init; }

    /// <summary>Events observed since the last call was made; all of them before the first.</summary>
    public long EventsSinceCall { get; init; }

    /// <summary>Calls for a list that were made.</summary>
    public int Calls { get; init; }

    /// <summary>Seconds since the last of them was made, by a clock that is never set back; infinite before the first.</summary>
    public double SecondsSinceCall { get; init; } = double.PositiveInfinity;

    /// <summary>What the device sees of its own ranking; null without a list, and for a decider that does not ask for them.</summary>
    public RankingSignals? Signals { get; init; }

    /// <summary>Now, in unix seconds.</summary>
    public long Time { get; init; }
}
