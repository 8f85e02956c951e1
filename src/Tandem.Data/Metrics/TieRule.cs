namespace Tandem.Data.Metrics;

/// <summary>Where an item ranks among others of exactly the same score.</summary>
public enum TieRule
{
    /// <summary>Below all of them, so that a model which scores everything alike gains nothing. The default everywhere.</summary>
    Pessimistic,

    /// <summary>In their middle: the mean over a random order; ranks may end in .5.</summary>
    Half,
}
