using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// SASRec: Self-Attentive Sequential Recommendation (Kang and McAuley, ICDM 2018, arXiv 1808.09781).
/// </summary>
/// <remarks>
/// Blocks are pre-norm: x += Attention(LN(x)); x += W₂ relu(W₁ LN(x)), or those of LiGR (<see cref="LigrBlock"/>), by which
/// SASRec becomes the eSASRec of blondered/transformer_benchmark when it learns by sampled softmax. Embeddings are multiplied by √D before
/// the positions are added, as in the authors' program though not in the paper: without it small embeddings drown in the residual stream,
/// which cost a quarter of NDCG@10 on Beauty. Ours: positions count from the oldest item of the window, and attention weights are not
/// dropped.
/// </remarks>
public sealed class SasRec : Backbone
{
    private readonly SasRecOptions _options;
    [ComponentName(Name = "position")] private readonly Parameter _position;            // [Window, D]
    [ComponentName(Name = "blocks")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    private readonly SeededDropout _dropout;

    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public SasRec(SasRecOptions options, Noise noise) : base("sasrec")
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        _options = options;
        _position = nn.Parameter(Normal(SequenceModel.InitialDeviation, options.Window, options.Width));
        _blocks = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => Block(options, noise)).ToArray());
        _norm = nn.LayerNorm(options.Width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Width => _options.Width;

    /// <inheritdoc/>
    public override int Window => _options.Window;

    /// <summary>The feed-forward of the last block.</summary>
    public override IReadOnlyList<string> PointwiseLayers =>
        [$"blocks.{_options.Blocks - 1}.expand", $"blocks.{_options.Blocks - 1}.contract"];

    /// <summary>Blocks and heads, for the bundle's manifest.</summary>
    public SasRecOptions Options => _options;

    /// <param name="x">[B, T, D] embedded items, T ≤ <see cref="Window"/>.</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var scaled = x.Times(Math.Sqrt(_options.Width));
        var h = _dropout.forward(scaled.Plus(_position.narrow(0, 0, x.shape[1])));      // [B, T, D]
        foreach (var block in _blocks) h = block.forward(h);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    private static nn.Module<Tensor, Tensor> Block(SasRecOptions options, Noise noise) => options.Block switch
    {
        SasRecBlockKind.PreNorm => new SasRecBlock(options, noise),
        SasRecBlockKind.Ligr => new LigrBlock(options, noise),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Block, "no such block"),
    };
}
