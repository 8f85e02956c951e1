using System.Text.Json.Serialization;

namespace Tandem.Protocol.Bundles;

/// <summary>What a block of SASRec is made of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SasRecBlockForm>))]
public enum SasRecBlockForm
{
    /// <summary>x += Attention(LN(x)); x += W₂ relu(W₁ LN(x)).</summary>
    Relu,

    /// <summary>The same with gelu, by the exact normal distribution.</summary>
    Gelu,

    /// <summary>x += σ(G₁ x) ⊙ Attention(LN(x)); x += σ(G₂ x) ⊙ SwiGLU(LN(x)) (LiGR, arXiv 2502.03417).</summary>
    Ligr,
}
