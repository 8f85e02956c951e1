using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// A TTT layer (Sun et al., Learning to (Learn at Test Time): RNNs with Expressive Hidden States, arXiv 2407.04620): the state is the
/// weights of an inner model, and every event trains them a little.
/// </summary>
/// <remarks>
/// Per head, F = D / H: q, k, v = projections of x, q and k turned by the place in the mini-batch; λ_t = rate · σ(w · x_t + c) / F;
/// τᵢ = max(1/i + δᵢ, 0), i = 1 … b. The inner model (<see cref="TttInnerModel"/>) answers q; the answers of all heads side by side
/// go through a layer norm, the optional gate gelu(W_g x) ⊙ …, and the output projection. With <see cref="TttOptions.ShareQueryKey"/> queries
/// and keys are one projection, told apart by a causal convolution each.
/// </remarks>
internal sealed class TttLayer : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-6; // of the last norm, as published

    private readonly TttOptions _options;
    private readonly TttRotation _rotation;
    private readonly TttScan _scan;
    [ComponentName(Name = "qkv")] private readonly Linear _qkv;                         // D → 3 D; 2 D where q and k are one
    [ComponentName(Name = "query_convolution")] private readonly CausalConvolution? _queryConvolution;
    [ComponentName(Name = "key_convolution")] private readonly CausalConvolution? _keyConvolution;
    [ComponentName(Name = "rate")] private readonly Linear _rate;                       // D → H
    [ComponentName(Name = "scale_offset")] private readonly Parameter _scaleOffset;     // δ [b]
    [ComponentName(Name = "inner")] private readonly TttInnerModel _inner;
    [ComponentName(Name = "decay")] private readonly TttDecay? _decay;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "gate")] private readonly Linear? _gate;
    [ComponentName(Name = "output")] private readonly Linear _output;

    public TttLayer(TttOptions options) : base(nameof(TttLayer))
    {
        _options = options;
        var (D, headWidth) = (options.Width, options.Width / options.Heads);
        _rotation = new TttRotation(options.MiniBatch, headWidth, options.RopeBase);
        _qkv = Linears.Normal(D, (options.ShareQueryKey ? 2 : 3) * D, SequenceModel.InitialDeviation, hasBias: false);
        if (options.ShareQueryKey) (_queryConvolution, _keyConvolution) = (new CausalConvolution(D), new CausalConvolution(D));
        _rate = Linears.Normal(D, options.Heads, SequenceModel.InitialDeviation, hasBias: true);
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
    public override Tensor forward(Tensor x) => Mix(x, times: null);

    /// <param name="x">[B, T, D] whole sequences.</param>
    /// <param name="times">[B, T] int64 unix seconds, for the decay; null where nobody knows them.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Mix(Tensor x, Tensor? times)
    {
        using var scope = NewDisposeScope();
        var (steps, _) = Project(x, place: 0, Before(x));
        return Output(x, _scan.Run(steps, times, Scales())).MoveToOuterDisposeScope();
    }

    /// <summary>Whole sequences without padding, and the state after them.</summary>
    public (Tensor Output, TttState State) Fill(Tensor x, Tensor? times)
    {
        using var scope = NewDisposeScope();
        var (steps, tail) = Project(x, place: 0, Before(x));
        var (answers, state) = _scan.Fill(steps, times, Scales());
        return (Output(x, answers).MoveToOuterDisposeScope(), (state with { Tail = tail }).MoveToOuterDisposeScope());
    }

    /// <summary>The state before the first event of B rows.</summary>
    /// <param name="x">[B, T, D] of any T: for its rows and its type.</param>
    public TttState Begin(Tensor x) => _scan.Begin(x.shape[0]) with { Tail = Before(x) };

    /// <summary>One further event of each row, in primal form.</summary>
    /// <param name="x">[B, 1, D].</param>
    /// <param name="time">[B] int64 unix seconds; null where nobody knows.</param>
    /// <param name="state">Of the rows so far; not changed.</param>
    public (Tensor Output, TttState State) Step(Tensor x, Tensor? time, TttState state)
    {
        using var scope = NewDisposeScope();
        var (step, tail) = Project(x, state.Place, state.Tail);
        var (answer, after) = _scan.Step(step, time, Scales(), state);
        return (Output(x, answer).MoveToOuterDisposeScope(), (after with { Tail = tail }).MoveToOuterDisposeScope());
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

    /// <summary>Queries, keys, values and rates of some steps, and the tail of the convolutions after them.</summary>
    private (TttChunk Steps, Tensor? Tail) Project(Tensor x, int place, Tensor? tail)
    {
        var (B, T, D, H) = (x.shape[0], x.shape[1], (long)_options.Width, (long)_options.Heads);
        var all = _qkv.forward(x);
        var qk = all.narrow(2, 0, 2 * D);
        if (_queryConvolution is not null && _keyConvolution is not null)
        {
            var shared = all.narrow(2, 0, D);
            qk = cat([_queryConvolution.Continue(shared, tail!), _keyConvolution.Continue(shared, tail!)], dim: 2);
            tail = CausalConvolution.Tail(shared, tail!);
        }

        var turned = _rotation.Turn(qk.reshape(B, T, 2 * H, -1), place).transpose(1, 2);        // [B, 2 H, T, F]
        var values = all.narrow(2, all.shape[2] - D, D).view(B, T, H, -1).transpose(1, 2);      // [B, H, T, F]
        var rates = _rate.forward(x).sigmoid() * (_options.Rate * H / D);                       // [B, T, H]
        var steps = new TttChunk(turned.narrow(1, 0, H), turned.narrow(1, H, H), values, rates.transpose(1, 2).unsqueeze(2));
        return (steps, tail);
    }

    /// <summary>[b] τ.</summary>
    private Tensor Scales()
    {
        if (_options.Control == TttControl.LinearAttention) return ones(_options.MiniBatch, dtype: _scaleOffset.dtype);
        var inverse = new double[_options.MiniBatch];
        for (var i = 0; i < inverse.Length; i++) inverse[i] = 1.0 / (i + 1);
        return (_scaleOffset + tensor(inverse).to(_scaleOffset.dtype)).clamp(min: 0);
    }

    /// <param name="x">[B, T, D] the layer's input.</param>
    /// <param name="answers">[B, H, T, F].</param>
    private Tensor Output(Tensor x, Tensor answers)
    {
        var h = _norm.forward(answers.transpose(1, 2).flatten(2, 3));                           // [B, T, D]
        if (_gate is not null) h = h * nn.functional.gelu(_gate.forward(x), GELU.Approximate.tanh);
        return _output.forward(h);
    }
}
