namespace Tandem.Learning.Backbones;

/// <summary>What bends a feed-forward layer.</summary>
public enum FeedForwardActivation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x Φ(x), with the exact normal distribution.</summary>
    Gelu,
}
