using Tandem.Learning.Layers;

namespace Tandem.Learning.Backbones;

/// <summary>
/// Shape and regularisation of <see cref="Ttt4Rec"/>. Defaults are those of the published program unless they say otherwise.
/// </summary>
public sealed record TttOptions : BackboneOptions
{
    /// <summary>Number of blocks. Default 1.</summary>
    public int Blocks { get; init; } = 1;

    /// <summary>H, heads of the TTT layer: a divisor of the width that leaves each an even width F. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>
    /// The inner model. Default <see cref="TttInner.Linear"/>: the published program runs the MLP, yet the paper's own table has Linear
    /// ahead of it on Amazon's video games, at a quarter of the arithmetic.
    /// </summary>
    public TttInner Inner { get; init; } = TttInner.Linear;

    /// <summary>
    /// b: steps that take their gradient at the same weights, 1 or more. Smaller adapts sooner and trains slower. Default 8.
    /// </summary>
    public int MiniBatch { get; init; } = 8;

    /// <summary>
    /// The inner learning rate before its gate, 0 or more. Default null: 1 for Linear, as published, and 0.1 for the MLP, as the
    /// layer's authors train it; the published 1 moves the weights of an MLP by more than their norm in one mini-batch.
    /// </summary>
    public double? BaseRate { get; init; }

    /// <summary>Base of the rotary embedding's frequencies. Default 1000.</summary>
    public double RopeBase { get; init; } = 1000;

    /// <summary>True to gate the layer's output by gelu(W x), as the paper's Mamba variants. Default false.</summary>
    public bool Gate { get; init; }

    /// <summary>
    /// True for queries and keys from one projection, each through a causal convolution over four steps of its own, as the paper's
    /// Mamba variants. Default false.
    /// </summary>
    public bool ShareQueryKey { get; init; }

    /// <summary>True for a causal convolution over four steps before each TTT layer. Default false.</summary>
    public bool PreConvolution { get; init; }

    /// <summary>M, the inner width of SwiGLU. Default null: 4 D, which is the published 256 at width 64.</summary>
    public int? FeedForwardWidth { get; init; }

    /// <summary>Share of the embedded items' features dropped, in [0, 1). Nothing else is dropped. Default 0.2.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Takes the adaptation away in part, for comparison. Default <see cref="TttControl.None"/>.</summary>
    public TttControl Control { get; init; }

    /// <summary>
    /// True to let the state fall back towards W₀ with time (<see cref="TttDecay"/>), at a rate learned per head. Not in the paper.
    /// Default false.
    /// </summary>
    public bool Decay { get; init; }

    /// <summary>
    /// How many of the heads start out with a fast decay, half of it within a day, the others keeping 84 % over a month: a memory of
    /// the session beside one of the lifetime. Takes <see cref="Decay"/>. Not in the paper. Default 0.
    /// </summary>
    public int FastHeads { get; init; }

    /// <summary>
    /// True to multiply each step's rate by a learned function of how far the inner model was off (<see cref="TttInnerNorm"/>). Not in
    /// the paper. Default false.
    /// </summary>
    public bool Surprise { get; init; }

    /// <summary>
    /// True to multiply each step's rate by a learned function of its event's value, a rating, dwell or skip
    /// (<see cref="TttValueGate"/>); takes data with values. Not in the paper. Default false.
    /// </summary>
    public bool EventValues { get; init; }

    /// <summary>
    /// Steps after which the state's gradient is cut, a multiple of the mini-batch, so that a window of whole histories can be
    /// learned: the state itself goes on. Default null: never cut.
    /// </summary>
    public int? Truncation { get; init; }

    /// <summary>The inner learning rate that holds.</summary>
    internal double Rate => Control == TttControl.ZeroRate ? 0 : BaseRate ?? (Inner == TttInner.Linear ? 1 : 0.1);

    /// <summary>
    /// False to compute by single tensor operations what could be computed in one piece; the results are the same up to rounding.
    /// </summary>
    internal bool Fused { get; init; } = true;

    /// <summary><see cref="Truncation"/>, or more steps than there are.</summary>
    internal long GradientSteps => Truncation ?? long.MaxValue;

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        foreach (var fault in base.Validate()) yield return fault;
        if (Blocks < 1) yield return $"{Blocks} blocks; at least 1 is needed";
        if (Heads < 1 || Width % (2 * Math.Max(Heads, 1)) != 0)
            yield return $"width {Width} is not {Heads} heads of an even width; set heads to a divisor of half the width";
        if (!Enum.IsDefined(Inner))
            yield return $"inner model {Inner} is not known; set one of {string.Join(", ", Enum.GetNames<TttInner>())}";
        if (MiniBatch < 1) yield return $"mini-batch {MiniBatch}; at least 1 step is needed";
        if (BaseRate is not (null or (>= 0 and < double.PositiveInfinity)))
        {
            yield return $"base rate {BaseRate} is not a finite number of "
            + "0 or more";
        }

        if (RopeBase is not (> 1 and < double.PositiveInfinity)) yield return $"rope base {RopeBase} is not a finite number above 1";
        if (FeedForwardWidth < 1) yield return $"feed-forward width {FeedForwardWidth}; at least 1 is needed";
        if (!Enum.IsDefined(Control))
            yield return $"control {Control} is not known; set one of {string.Join(", ", Enum.GetNames<TttControl>())}";
        if (FastHeads < 0 || FastHeads > Heads) yield return $"{FastHeads} fast heads; 0 to {Heads} can be";
        if (FastHeads > 0 && !Decay) yield return $"{FastHeads} fast heads without decay; set decay too";
        if (Surprise && Control == TttControl.LinearAttention)
        {
            yield return "linear attention has no loss for a surprise gate to read; "
            + "set surprise to false";
        }

        if (Truncation is { } steps && (steps < 1 || steps % Math.Max(MiniBatch, 1) != 0))
            yield return $"truncation {steps} is not a multiple of the mini-batch {MiniBatch}; set one";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }

    /// <inheritdoc/>
    public override Backbone Build(Noise noise) => new Ttt4Rec(this, noise);
}
