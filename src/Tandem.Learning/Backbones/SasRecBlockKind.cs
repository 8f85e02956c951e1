namespace Tandem.Learning.Backbones;

/// <summary>What a block of <see cref="SasRec"/> is made of.</summary>
public enum SasRecBlockKind
{
    /// <summary>Attention and a two-layer feed-forward, each added to what came in.</summary>
    PreNorm,

    /// <summary>Attention and SwiGLU, each weighed by a gate before it is added: eSASRec's.</summary>
    Ligr,
}
