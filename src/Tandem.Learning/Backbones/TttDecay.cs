using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// Forgetting: at the first event of a mini-batch, W ← W₀ + a (W − W₀) with a = (1 + Δ)^(−s), s = softplus(c) learned per head.
/// Δ is the time since the first event of the mini-batch before, in days; 1 where the time is unknowns. Within a mini-batch nothing
/// changes, so the dual form stays exact, and each span of time counts once.
/// </summary>
internal sealed class TttDecay : nn.Module
{
    private const double SecondsPerDay = 86_400;
    private const double FastStrength = 1;      // half is left after a day
    private const double SlowStrength = 0.05;   // 84 % are left after a month

    [ComponentName(Name = "strength")] private readonly Parameter _strength;            // c [H]

    /// <param name="heads">H.</param>
    /// <param name="fastHeads">How many of them, the first ones, start out as fast.</param>
    public TttDecay(int heads, int fastHeads) : base(nameof(TttDecay))
    {
        var start = new float[heads];
        for (var h = 0; h < heads; h++) start[h] = (float)Math.Log(Math.Exp(h < fastHeads ? FastStrength : SlowStrength) - 1);
        _strength = nn.Parameter(tensor(start));
        RegisterComponents();
    }

    /// <summary>W₀ + a (W − W₀) for each of some weights.</summary>
    /// <param name="initial">[1, H, rows, columns].</param>
    /// <param name="weights">[B or 1, H, rows, columns].</param>
    /// <param name="before">[B] int64 unix seconds of the first event of the mini-batch before; null where unknown.</param>
    /// <param name="now">[B] those of this mini-batch's.</param>
    public Tensor[] Forget(Tensor[] initial, Tensor[] weights, Tensor? before, Tensor? now)
    {
        using var scope = NewDisposeScope();
        var a = (LogSpan(before, now) * _strength.Softplus()).neg().exp();                      // [B or 1, H]
        a = a.unsqueeze(-1).unsqueeze(-1);
        var kept = new Tensor[weights.Length];
        for (var i = 0; i < kept.Length; i++) kept[i] = initial[i].Plus(a * (weights[i] - initial[i])).MoveToOuterDisposeScope();
        return kept;
    }

    /// <summary>ln(1 + Δ) [B or 1, 1].</summary>
    private Tensor LogSpan(Tensor? before, Tensor? now)
    {
        if (before is null || now is null) return ones([1, 1], dtype: _strength.dtype).Times(Math.Log(2));
        var days = (now - before).clamp(min: Zero).to(_strength.dtype).DividedBy(SecondsPerDay);
        return days.log1p().unsqueeze(1);
    }
}
