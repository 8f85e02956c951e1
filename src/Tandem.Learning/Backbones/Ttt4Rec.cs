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

    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Ttt4Rec(TttOptions options, Noise noise) : base("ttt")
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
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

    /// <summary>The feed-forward of the last block.</summary>
    public override IReadOnlyList<string> PointwiseLayers =>
        [$"blocks.{_options.Blocks - 1}.expand", $"blocks.{_options.Blocks - 1}.contract"];

    /// <summary>Shape of the blocks.</summary>
    public TttOptions Options => _options;

    /// <inheritdoc/>
    public override bool UsesTimes => _options.Decay;

    /// <inheritdoc/>
    public override bool UsesValues => _options.EventValues;

    /// <summary>States by the order of the events alone.</summary>
    /// <param name="x">[B, T, D] embedded items.</param>
    public override Tensor forward(Tensor x) => Mix(x, default);

    /// <inheritdoc/>
    public override Tensor Mix(Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var h = _embeddingNorm.forward(_dropout.forward(x));
        foreach (var block in _blocks) h = block.Mix(h, features);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>Whole histories without padding, and the state after them.</summary>
    internal (Tensor States, TttBlockState[] Carried) Fill(Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var (h, carried) = (_embeddingNorm.forward(x), new TttBlockState[_blocks.Count]);
        for (var i = 0; i < carried.Length; i++)
        {
            (h, carried[i]) = _blocks[i].Fill(h, features);
            carried[i].MoveToOuterDisposeScope();
        }

        return (_norm.forward(h).MoveToOuterDisposeScope(), carried);
    }

    /// <summary>The state before the first event of as many rows as <paramref name="x"/> has.</summary>
    internal TttBlockState[] Begin(Tensor x) => [.. _blocks.Select(block => block.Begin(x))];

    /// <summary>One further event of each row, in primal form: what a device does at a click.</summary>
    /// <param name="x">[B, 1, D] embedded items.</param>
    /// <param name="now">[B] each, of that event.</param>
    /// <param name="carried">State of each block so far; not changed.</param>
    internal (Tensor State, TttBlockState[] Carried) Step(Tensor x, EventFeatures now, TttBlockState[] carried)
    {
        using var scope = NewDisposeScope();
        var (h, after) = (_embeddingNorm.forward(x), new TttBlockState[carried.Length]);
        for (var i = 0; i < after.Length; i++)
        {
            (h, after[i]) = _blocks[i].Step(h, now, carried[i]);
            after[i].MoveToOuterDisposeScope();
        }

        return (_norm.forward(h).MoveToOuterDisposeScope(), after);
    }
}
