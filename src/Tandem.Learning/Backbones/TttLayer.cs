using Tandem.Learning.Backbones.Fused;
using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// A TTT layer (Sun et al., Learning to (Learn at Test Time): RNNs with Expressive Hidden States, arXiv 2407.04620): the state is the
/// weights of an inner model, and every event trains them a little.
/// </summary>
/// <remarks>
/// Per head, F = D / H: q, k, v = projections of x, q and k rotated by the place in the mini-batch; λ_t = rate · σ(w · x_t + c) / F;
/// τᵢ = max(1/i + δᵢ, 0), i = 1 … b. The inner model (<see cref="TttInnerModel"/>) answers q; the answers of all heads side by side
/// go through a layer norm, the optional gate gelu(W_g x) ⊙ …, and the output projection. With <see cref="TttOptions.ShareQueryKey"/>
/// queries and keys are one projection, told apart by a causal convolution each.
/// </remarks>
internal sealed class TttLayer : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-6; // of the last norm, as published

    private readonly TttOptions _options;
    private readonly TttRotation _rotation;
    private readonly TttScan _scan;
    [ComponentName(Name = "qkv")] private readonly SlotLinear _qkv;                     // D → 3 D; 2 D where q and k are one
    [ComponentName(Name = "query_convolution")] private readonly CausalConvolution? _queryConvolution;
    [ComponentName(Name = "key_convolution")] private readonly CausalConvolution? _keyConvolution;
    [ComponentName(Name = "rate")] private readonly SlotLinear _rate;                   // D → H
    [ComponentName(Name = "value_gate")] private readonly TttValueGate? _valueGate;
    [ComponentName(Name = "scale_offset")] private readonly Parameter _scaleOffset;     // δ [b]
    [ComponentName(Name = "inner")] private readonly TttInnerModel _inner;
    [ComponentName(Name = "decay")] private readonly TttDecay? _decay;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "gate")] private readonly SlotLinear? _gate;
    [ComponentName(Name = "output")] private readonly SlotLinear _output;

    public TttLayer(TttOptions options) : base(nameof(TttLayer))
    {
        _options = options;
        var (D, headWidth) = (options.Width, options.Width / options.Heads);
        _rotation = new TttRotation(options.MiniBatch, headWidth, options.RopeBase);
        _qkv = Linears.Normal(D, (options.ShareQueryKey ? 2 : 3) * D, SequenceModel.InitialDeviation, hasBias: false);
        if (options.ShareQueryKey) (_queryConvolution, _keyConvolution) = (new CausalConvolution(D), new CausalConvolution(D));
        _rate = Linears.Normal(D, options.Heads, SequenceModel.InitialDeviation, hasBias: true);
        _valueGate = options.EventValues ? new TttValueGate(options.Heads) : null;
        _scaleOffset = nn.Parameter(zeros(options.MiniBatch));
        _inner = InnerModel(options, headWidth);
        _decay = options.Decay ? new TttDecay(options.Heads, options.FastHeads) : null;
        _scan = new TttScan(_inner, _decay, options);
        _norm = nn.LayerNorm(D, Epsilon);
        _gate = options.Gate ? Linears.Normal(D, D, SequenceModel.InitialDeviation, hasBias: false) : null;
        _output = Linears.Normal(D, D, SequenceModel.InitialDeviation, hasBias: false);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D] whole sequences.</param>
    /// <returns>[B, T, D].</returns>
    public override Tensor forward(Tensor x) => Mix(x, default);

    /// <param name="x">[B, T, D] whole sequences.</param>
    /// <param name="features">Of their events: times for the decay, values for the gate of rates.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Mix(Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var (qkv, rates, _) = Project(x, features.Values, Before(x));
        return Output(x, Answers(qkv, rates, features.Times)).MoveToOuterDisposeScope();
    }

    /// <summary>Whole sequences without padding, and the state after them.</summary>
    public (Tensor Output, TttState State) Fill(Tensor x, EventFeatures features)
    {
        using var scope = NewDisposeScope();
        var (qkv, rates, tail) = Project(x, features.Values, Before(x));
        var (answers, state) = _scan.Fill(Heads(qkv, rates, place: 0), features.Times, Scales());
        return (Output(x, Join(answers)).MoveToOuterDisposeScope(), (state with { Tail = tail }).MoveToOuterDisposeScope());
    }

    /// <summary>The state before the first event of B rows.</summary>
    /// <param name="x">[B, T, D] of any T: for its rows and its type.</param>
    public TttState Begin(Tensor x) => _scan.Begin(x.shape[0]) with { Tail = Before(x) };

    /// <summary>One further event of each row, in primal form.</summary>
    /// <param name="x">[B, 1, D].</param>
    /// <param name="now">[B] each, of that event.</param>
    /// <param name="state">Of the rows so far; not changed.</param>
    public (Tensor Output, TttState State) Step(Tensor x, EventFeatures now, TttState state)
    {
        using var scope = NewDisposeScope();
        var (qkv, rates, tail) = Project(x, now.Values?.unsqueeze(1), state.Tail);
        var (answer, after) = _scan.Step(Heads(qkv, rates, state.Place), now.Times, Scales(), state);
        return (Output(x, Join(answer)).MoveToOuterDisposeScope(), (after with { Tail = tail }).MoveToOuterDisposeScope());
    }

    private static TttInnerModel InnerModel(TttOptions options, int headWidth) => (options.Control, options.Inner) switch
    {
        (TttControl.LinearAttention, _) => new TttLinearAttention(options.Heads, headWidth),
        (_, TttInner.Linear) => new TttLinear(options.Heads, headWidth, options.Surprise),
        (_, TttInner.Mlp) => new TttMlp(options.Heads, headWidth, options.Surprise),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Inner, "no such inner model"),
    };

    /// <summary>[B, 3, D] what the convolutions see before the first step; null where there are none.</summary>
    private Tensor? Before(Tensor x) => _queryConvolution is null ? null : CausalConvolution.Before(x);

    /// <summary>
    /// Queries, keys and values side by side [B, T, 3 D] and rates [B, T, H], and the tail of the convolutions after them.
    /// </summary>
    private (Tensor Qkv, Tensor Rates, Tensor? Tail) Project(Tensor x, Tensor? values, Tensor? tail)
    {
        var rates = _rate.forward(x).sigmoid().Times(_options.Rate * _options.Heads / _options.Width);
        if (_valueGate is not null) rates = _valueGate.Apply(rates, values);
        var qkv = _qkv.forward(x);
        if (_queryConvolution is null || _keyConvolution is null || tail is null) return (qkv, rates, null);
        var (shared, v) = (qkv.narrow(2, 0, _options.Width), qkv.narrow(2, _options.Width, _options.Width));
        qkv = cat([_queryConvolution.Continue(shared, tail), _keyConvolution.Continue(shared, tail), v], dim: 2);
        return (qkv, rates, CausalConvolution.Tail(shared, tail));
    }

    /// <summary>The same as heads, rotated by the places from <paramref name="place"/> on.</summary>
    private TttChunk Heads(Tensor qkv, Tensor rates, int place)
    {
        var (B, T, D, H) = (qkv.shape[0], qkv.shape[1], (long)_options.Width, (long)_options.Heads);
        var qk = qkv.narrow(2, 0, 2 * D).reshape(B, T, 2 * H, -1);
        var rotated = _rotation.Rotate(qk, place).transpose(1, 2);                                 // [B, 2 H, T, F]
        var values = qkv.narrow(2, 2 * D, D).view(B, T, H, -1).transpose(1, 2);                 // [B, H, T, F]
        return new TttChunk(rotated.narrow(1, 0, H), rotated.narrow(1, H, H), values, rates.transpose(1, 2).unsqueeze(2));
    }

    /// <summary>[B, T, D] answers of whole sequences, in one piece where it can be.</summary>
    private Tensor Answers(Tensor qkv, Tensor rates, Tensor? times)
    {
        var (B, T, F) = ((int)qkv.shape[0], (int)qkv.shape[1], _options.Width / _options.Heads);
        if (!_options.Fused || _inner is not TttLinear { Norm.HasSurprise: false } linear || _decay is not null
            || !TttLinearFunction.Fits(F, qkv))
        {
            return Join(_scan.Run(Heads(qkv, rates, place: 0), times, Scales()));
        }

        var shape = new TttLinearShape(
            B, T, _options.Heads, F, _options.MiniBatch, _options.GradientSteps, _options.Control == TttControl.Frozen);
        return TttLinearFunction.Apply(
            shape, _rotation.Angles, qkv, rates, Scales(), linear.Initial[0], linear.Initial[1], linear.Norm.Gamma, linear.Norm.Beta);
    }

    /// <summary>[B, H, T, F] → [B, T, D].</summary>
    private static Tensor Join(Tensor heads) => heads.transpose(1, 2).flatten(2, 3);

    /// <summary>[b] τ.</summary>
    private Tensor Scales()
    {
        if (_options.Control == TttControl.LinearAttention) return ones(_options.MiniBatch, dtype: _scaleOffset.dtype);
        var inverse = new double[_options.MiniBatch];
        for (var i = 0; i < inverse.Length; i++) inverse[i] = 1.0 / (i + 1);
        return _scaleOffset.Plus(tensor(inverse).to(_scaleOffset.dtype)).clamp(min: Zero);
    }

    /// <param name="x">[B, T, D] the layer's input.</param>
    /// <param name="answers">[B, T, D].</param>
    private Tensor Output(Tensor x, Tensor answers)
    {
        var h = _norm.forward(answers);
        if (_gate is not null) h = h * nn.functional.gelu(_gate.forward(x), GELU.Approximate.tanh);
        return _output.forward(h);
    }
}
