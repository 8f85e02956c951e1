using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// HSTU: Hierarchical Sequential Transduction Unit (Zhai et al., Actions Speak Louder than Words, ICML 2024, arXiv 2402.17152).
/// </summary>
/// <remarks>
/// Attention is pointwise: silu in place of softmax, divided by the window, so that the strength of an interest survives. Which
/// steps attend is biased by how far apart they are in places and, where times are known, in time. From the authors' program
/// (meta-recsys/generative-recommenders): the projection has no bias, norms inside blocks have no weights, Δt falls in bucket
/// ⌊ln(max(1, |Δt|)) / 0.301⌋, each block has biases of its own, and positions are added to embeddings that are multiplied by √D.
/// Ours: a step's times are those of itself and earlier steps, where that program compares with the time of the event to be
/// predicted, which is unknown when a recommendation is asked for; positions count from the oldest item of the window; biases of
/// future places do not exist; the projection starts from Xavier's deviation, for at that program's 0.02 what attention reads is so
/// small that the ε of the norm after it swallows it; states end in a LayerNorm in place of an L2 norm, since scores are plain
/// inner products.
/// </remarks>
public sealed class Hstu : Backbone
{
    internal const double BucketWidth = 0.301; // about log₁₀ 2, divided into natural logarithms, as the authors have it

    private readonly HstuOptions _options;
    [ComponentName(Name = "position")] private readonly Parameter _position;            // [Window, D]
    [ComponentName(Name = "blocks")] private readonly ModuleList<HstuBlock> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    private readonly SeededDropout _dropout;

    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Hstu(HstuOptions options, Noise noise) : base("hstu")
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        _options = options;
        _position = nn.Parameter(Normal(SequenceModel.InitialDeviation, options.Window, options.Width));
        _blocks = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new HstuBlock(options, noise)).ToArray());
        _norm = nn.LayerNorm(options.Width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Width => _options.Width;

    /// <inheritdoc/>
    public override int Window => _options.Window;

    /// <summary>The output of the last block.</summary>
    public override IReadOnlyList<string> PointwiseLayers => [$"blocks.{_options.Blocks - 1}.output"];

    /// <inheritdoc/>
    public override bool UsesTimes => true;

    /// <summary>Blocks, heads and their widths.</summary>
    public HstuOptions Options => _options;

    /// <summary>States by the order of the events alone.</summary>
    /// <param name="x">[B, T, D] embedded items, T ≤ <see cref="Window"/>.</param>
    public override Tensor forward(Tensor x) => Mix(x, default);

    /// <inheritdoc/>
    public override Tensor Mix(Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var T = x.shape[1];
        var places = Distances(T);
        var buckets = features.Times is null ? null : Buckets(features.Times);
        var mask = ones(T, T).tril().DividedBy(_options.Window);
        var h = _dropout.forward(x.Times(Math.Sqrt(_options.Width)).Plus(_position.narrow(0, 0, T)));
        foreach (var block in _blocks) h = block.Mix(h, places, buckets, mask);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>[T × T] how many places step j lies before step i; 0 where it lies after it.</summary>
    private static Tensor Distances(long steps)
    {
        using var scope = NewDisposeScope();
        var places = Range(0, steps);
        return (places.unsqueeze(1) - places.unsqueeze(0)).clamp(min: Zero).flatten().MoveToOuterDisposeScope();
    }

    /// <summary>[B × T × T] the bucket of |tᵢ − tⱼ|.</summary>
    private Tensor Buckets(Tensor times)
    {
        using var scope = NewDisposeScope();
        var apart = (times.unsqueeze(2) - times.unsqueeze(1)).abs().clamp(min: One);    // int64: float32 holds no unix time
        var buckets = apart.to(ScalarType.Float32).log().DividedBy(BucketWidth).to(ScalarType.Int64);
        return buckets.Within(0, _options.TimeBuckets - 1).flatten().MoveToOuterDisposeScope();
    }
}
