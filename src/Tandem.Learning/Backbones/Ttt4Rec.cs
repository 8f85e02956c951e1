using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// TTT4Rec: A Test-Time Training Approach for Rapid Adaption in Sequential Recommendation (Yang et al., arXiv 2409.19142), a recommender
/// whose state is a small model that every event trains; docs/ttt.md has all equations.
/// </summary>
/// <remarks>
/// As in the authors' program, which differs from the paper's text: embeddings go through dropout and a LayerNorm, blocks
/// (<see cref="TttBlock"/>) are pre-norm with RMSNorm, one more RMSNorm ends them; positions enter by the rotation inside the layer
/// alone. Ours: every step of a row is a target, not the last one only, which is legal as no step sees a later one and saves four
/// fifths of the work on video games; padding stands on the right, for a TTT layer would learn from padding on the left, and is
/// neither a class of the softmax nor trained; the item table is the only one.
/// </remarks>
public sealed class Ttt4Rec : Backbone
{
    private const double Epsilon = 1e-12; // of the embedding's norm, as published

    private readonly TttOptions _options;
    [ComponentName(Name = "embedding_norm")] private readonly LayerNorm _embeddingNorm;
    [ComponentName(Name = "blocks")] private readonly ModuleList<TttBlock> _blocks;
    [ComponentName(Name = "norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;

    /// <param name="options">Checked by the caller.</param>
    /// <param name="noise">Source of dropout masks.</param>
    public Ttt4Rec(TttOptions options, Noise noise) : base("ttt")
    {
        _options = options;
        _embeddingNorm = nn.LayerNorm(options.Width, Epsilon);
        _blocks = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new TttBlock(options)).ToArray());
        _norm = new RmsNorm(options.Width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Width => _options.Width;

    /// <inheritdoc/>
    public override int Window => _options.Window;

    /// <summary>Shape of the blocks.</summary>
    public TttOptions Options => _options;

    /// <param name="x">[B, T, D] embedded items.</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = _embeddingNorm.forward(_dropout.forward(x));
        foreach (var block in _blocks) h = block.forward(h);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }
}
