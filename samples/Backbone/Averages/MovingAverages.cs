using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Samples.Averages;

/// <summary>
/// An exponential moving average for each channel, h_t = a ⊙ h_{t−1} + (1 − a) ⊙ x_t with a = σ(g) learned, then norm and a linear layer.
/// Some channels remember the last event alone, others the whole history.
/// </summary>
/// <remarks>Rows are multiplied by √D as in the library's own backbones. There are no positions: an average knows the order.</remarks>
public sealed class MovingAverages : Backbone
{
    private readonly AveragesOptions _options;
    [ComponentName(Name = "gate")] private readonly Parameter _gate;        // [D] g
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "output")] private readonly SlotLinear _output;   // D → D
    private readonly SeededDropout _dropout;

    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    public MovingAverages(AveragesOptions options, Noise noise) : base(AveragesShape.KindName)
    {
        _options = options;
        // a from 0.12 to 0.98: the half of what is remembered is one third of an event old, or 38 events.
        var places = TensorArithmetic.Range(0, options.Width, type: ScalarType.Float32).DividedBy(options.Width);
        _gate = nn.Parameter(places.Times(6).Plus(-2));
        _norm = nn.LayerNorm(options.Width);
        _output = new SlotLinear(nn.Linear(options.Width, options.Width));
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Width => _options.Width;

    /// <inheritdoc/>
    public override int Window => _options.Window;

    /// <summary>All steps at once: h_t = Σ_{s ≤ t} (1 − a) a^{t−s} x_s.</summary>
    /// <param name="x">[B, T, D] embedded items.</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var T = x.shape[1];
        var steps = TensorArithmetic.Range(0, T, type: ScalarType.Float32);
        var ages = steps.unsqueeze(1).Plus(steps.neg()).tril().unsqueeze(2);            // [T, T, 1] t − s, 0 where s > t
        var isPast = ones(T, T).tril().unsqueeze(2);                                    // [T, T, 1]
        var shares = (ages * nn.functional.logsigmoid(_gate)).exp() * isPast * _gate.neg().sigmoid(); // [T, T, D]
        var h = einsum("tsd,bsd->btd", shares, x.Times(Math.Sqrt(_options.Width)));     // [B, T, D]
        return _output.forward(_norm.forward(_dropout.forward(h))).MoveToOuterDisposeScope();
    }
}
