namespace Tandem.Learning.Language.Architectures;

/// <summary>φ of the feed-forward layers of <see cref="Bert"/>, by their names in a <c>config.json</c>.</summary>
public enum BertActivation
{
    /// <summary>x Φ(x), exact (<c>gelu</c>; arXiv 1606.08415).</summary>
    Gelu,

    /// <summary>Its approximation by tanh (<c>gelu_new</c>, <c>gelu_pytorch_tanh</c>).</summary>
    GeluByTanh,

    /// <summary>max(0, x) (<c>relu</c>).</summary>
    Relu,
}
