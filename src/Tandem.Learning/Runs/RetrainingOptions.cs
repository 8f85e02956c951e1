namespace Tandem.Learning.Runs;

/// <summary>How a model is trained again, and when the new one may take the old one's place.</summary>
public sealed record RetrainingOptions
{
    /// <summary>
    /// Share of the reported events, the newest, that the new model does not learn and both are compared on, above 0 to .5. Default .1.
    /// </summary>
    public double Held { get; init; } = 0.1;

    /// <summary>
    /// Least lower end of the 95 % interval of the new model's NDCG@10 less the old one's, over users. Default 0: better for sure. −.002
    /// lets one pass that is not worse by more than that.
    /// </summary>
    public double Gate { get; init; }

    /// <summary>Users with events to compare on that there must be, 2 or more. Default 100.</summary>
    public int LeastUsers { get; init; } = 100;

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (Held is not (> 0 and <= 0.5)) yield return $"held {Held}: expected a share above 0 to 0.5";
        if (Gate is not (>= -1 and <= 1)) yield return $"gate {Gate}: expected -1 to 1, a difference of NDCG@10";
        if (LeastUsers < 2) yield return $"least users {LeastUsers}: expected 2 or more";
    }
}
