namespace Tandem.Cloud.Models;

/// <summary>Bounds of the queue before a model.</summary>
public sealed record BatchQueueOptions
{
    /// <summary>
    /// Most requests that the model answers at once. Default 32: a sequence model's cost for one history falls up to about there.
    /// </summary>
    public int MostAtOnce { get; init; } = 32;

    /// <summary>
    /// Most requests that wait; what comes then is refused at once. Default 1,024: what a model of 1,000 lists a second answers within the
    /// second that a person waits.
    /// </summary>
    public int MostWaiting { get; init; } = 1_024;

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (MostAtOnce < 1) yield return $"MostAtOnce is {MostAtOnce}; expected at least 1";
        if (MostWaiting < 1) yield return $"MostWaiting is {MostWaiting}; expected at least 1";
    }
}
