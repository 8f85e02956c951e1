namespace Tandem.Device.Learning;

/// <summary>What came of learning on the device.</summary>
public sealed record AdaptationResult
{
    /// <summary>True where the new weights serve; false where the weights from before do.</summary>
    public required bool Accepted { get; init; }

    /// <summary>Loss of the held-out events before learning, in nats; NaN where it was not measured.</summary>
    public float LossBefore { get; init; } = float.NaN;

    /// <summary>The same after learning; NaN where it was not measured.</summary>
    public float LossAfter { get; init; } = float.NaN;

    /// <summary>Steps taken.</summary>
    public int Steps { get; init; }

    /// <summary>Wall clock of all of it.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Bytes that learning took, or would have taken, while it ran.</summary>
    public long Bytes { get; init; }

    /// <summary>Why, in plain text.</summary>
    public required string Reason { get; init; }
}
