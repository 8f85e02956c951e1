namespace Tandem.Learning.Personalization;

/// <summary>How the events up to now become the condition that weights are generated from.</summary>
public enum ConditionEncoderKind
{
    /// <summary>A recurrent network (GRU), as in DUET and SOLID.</summary>
    Gru,

    /// <summary>
    /// Means of the events whose weights halve after 1, 3, 10 events and never: a new event changes them in a few operations, and a
    /// training takes them for all places at once.
    /// </summary>
    Means,
}
