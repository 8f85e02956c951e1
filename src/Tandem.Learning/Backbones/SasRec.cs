using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// SASRec: Self-Attentive Sequential Recommendation (Kang and McAuley, ICDM 2018, arXiv 1808.09781).
/// </summary>
/// <remarks>
/// Blocks are pre-norm: x += Attention(LN(x)); x += W₂ relu(W₁ LN(x)). Embeddings are multiplied by √D before the positions are
/// added, as in the authors' program though not in the paper: without it small embeddings drown in the residual stream, which
/// cost a quarter of NDCG@10 on Beauty. Ours: positions count from the oldest item of the window, and attention weights are not
/// dropped.
/// </remarks>
public sealed class SasRec : Backbone
{
    private readonly SasRecOptions _options;
    [ComponentName(Name = "position")] private readonly Parameter _position;            // [Window, D]
    [ComponentName(Name = "blocks")] private readonly ModuleList<SasRecBlock> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    private readonly SeededDropout _dropout;

    /// <param name="options">Checked by the caller.</param>
    /// <param name="noise">Source of dropout masks.</param>
    public SasRec(SasRecOptions options, Noise noise) : base("sasrec")
    {
        _options = options;
        _position = nn.Parameter(randn(options.Window, options.Width) * SequenceModel.InitialDeviation);
        _blocks = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new SasRecBlock(options, noise)).ToArray());
        _norm = nn.LayerNorm(options.Width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Width => _options.Width;

    /// <inheritdoc/>
    public override int Window => _options.Window;

    /// <summary>Blocks and heads, for the bundle's manifest.</summary>
    public SasRecOptions Options => _options;

    /// <param name="x">[B, T, D] embedded items, T ≤ <see cref="Window"/>.</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var scaled = x * Math.Sqrt(_options.Width);
        var h = _dropout.forward(scaled + _position.narrow(0, 0, x.shape[1]));          // [B, T, D]
        foreach (var block in _blocks) h = block.forward(h);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }
}

/// <summary>x += Attention(LN(x)); x += W₂ relu(W₁ LN(x)).</summary>
internal sealed class SasRecBlock : nn.Module<Tensor, Tensor>
{
    private readonly int _heads;
    [ComponentName(Name = "attention_norm")] private readonly LayerNorm _attentionNorm;
    [ComponentName(Name = "qkv")] private readonly Linear _qkv;                         // D → 3 D: queries, keys, values
    [ComponentName(Name = "output")] private readonly Linear _output;
    [ComponentName(Name = "feed_forward_norm")] private readonly LayerNorm _feedForwardNorm;
    [ComponentName(Name = "expand")] private readonly Linear _expand;                   // D → D, as in the paper
    [ComponentName(Name = "contract")] private readonly Linear _contract;
    private readonly SeededDropout _dropout;

    public SasRecBlock(SasRecOptions options, Noise noise) : base(nameof(SasRecBlock))
    {
        var width = options.Width;
        _heads = options.Heads;
        _attentionNorm = nn.LayerNorm(width);
        _qkv = Xavier(width, 3 * width);
        _output = Xavier(width, width);
        _feedForwardNorm = nn.LayerNorm(width);
        _expand = Xavier(width, width);
        _contract = Xavier(width, width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (B, T, D) = (x.shape[0], x.shape[1], x.shape[2]);
        var qkv = _qkv.forward(_attentionNorm.forward(x))
            .view(B, T, 3, _heads, D / _heads).permute(2, 0, 3, 1, 4);                  // [3, B, H, T, F]
        var a = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_casual: true);
        x = x + _dropout.forward(_output.forward(a.transpose(1, 2).reshape(B, T, D)));
        var h = _dropout.forward(nn.functional.relu(_expand.forward(_feedForwardNorm.forward(x))));
        return (x + _dropout.forward(_contract.forward(h))).MoveToOuterDisposeScope();
    }

    private static Linear Xavier(int inputs, int outputs)
    {
        var linear = nn.Linear(inputs, outputs);
        nn.init.xavier_normal_(linear.weight);
        nn.init.zeros_(linear.bias!);
        return linear;
    }
}
