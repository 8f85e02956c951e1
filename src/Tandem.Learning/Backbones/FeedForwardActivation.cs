namespace Tandem.Learning.Backbones;

/// <summary>The activation of a feed-forward layer.</summary>
public enum FeedForwardActivation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x Φ(x), with the exact normal distribution.</summary>
    Gelu,
}
