using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// Events up to each place → a condition: W₂ tanh(W₁ h + b₁) + b₂ of what a recurrent network or means keep of them (DUET's encoder).
/// Causal: a condition has seen no later event.
/// </summary>
internal sealed class ConditionEncoder : nn.Module<Tensor, Tensor>
{
    private static readonly double[] _keeps = [0.5, Math.Pow(0.5, 1 / 3.0), Math.Pow(0.5, 1 / 10.0), 1];

    [ComponentName(Name = "recurrent")] private readonly GRU? _recurrent;
    [ComponentName(Name = "inner")] private readonly Linear _inner;
    [ComponentName(Name = "outer")] private readonly Linear _outer;

    /// <param name="kind">What keeps the events.</param>
    /// <param name="inputs">Width of an event.</param>
    /// <param name="width">C.</param>
    public ConditionEncoder(ConditionEncoderKind kind, int inputs, int width) : base(nameof(ConditionEncoder))
    {
        _recurrent = kind == ConditionEncoderKind.Gru ? nn.GRU(inputs, width, batchFirst: true) : null;
        _inner = Linears.XavierWithoutSlot(kind == ConditionEncoderKind.Gru ? width : _keeps.Length * inputs, width);
        _outer = Linears.XavierWithoutSlot(width, width);
        RegisterComponents();
    }

    /// <param name="x">[B, T, inputs], oldest first, padding on the right.</param>
    /// <returns>[B, T, C].</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = _recurrent is null ? cat([.. _keeps.Select(keep => Means(x, keep))], dim: -1) : RecurrentSteps.Of(_recurrent, x);
        return _outer.forward(_inner.forward(h).tanh()).MoveToOuterDisposeScope();
    }

    /// <summary>Means of the events up to each place; one k events back weighs keepᵏ.</summary>
    /// <param name="x">[B, T, …].</param>
    /// <param name="keep">In (0, 1].</param>
    public static Tensor Means(Tensor x, double keep)
    {
        var steps = (int)x.shape[1];
        var weights = new float[steps * steps];
        for (var t = 0; t < steps; t++)
        {
            var sum = keep == 1 ? t + 1 : (1 - Math.Pow(keep, t + 1)) / (1 - keep);
            for (var s = 0; s <= t; s++) weights[t * steps + s] = (float)(Math.Pow(keep, t - s) / sum);
        }

        return tensor(weights, steps, steps).to(x.dtype).matmul(x);
    }
}
