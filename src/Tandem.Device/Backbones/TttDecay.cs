using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// Forgetting at the first event of a mini-batch: W ← W₀ + a (W − W₀), a = (1 + Δ)^(−softplus(c)), c learned per head. Δ is the time
/// since the first event of the mini-batch before, in days; 1 where the weights were learned without times.
/// </summary>
internal sealed class TttDecay
{
    private const float SecondsPerDay = 86_400;

    private readonly Slice _strength;   // c [H]
    private readonly bool _usesTimes;

    /// <param name="layout">Receives the tensor.</param>
    /// <param name="name">Before it.</param>
    /// <param name="shape">Checked dimensions.</param>
    public TttDecay(ParameterLayout layout, string name, TttShape shape)
    {
        _usesTimes = shape.UsesTimes;
        _strength = layout.Add($"{name}.strength", shape.Heads);
    }

    /// <param name="parameters">By the layout.</param>
    /// <param name="inner">Knows W₀.</param>
    /// <param name="seconds">Since the mini-batch before began.</param>
    /// <param name="memory">[H × P].</param>
    public void Forget(ReadOnlySpan<float> parameters, TttInnerModel inner, long seconds, Span<float> memory)
    {
        var days = _usesTimes ? Math.Max(0, seconds) / SecondsPerDay : 1;
        var strength = _strength.Of(parameters);
        for (var head = 0; head < strength.Length; head++)
            inner.Forget(parameters, head, MathF.Exp(-MathF.Log(1 + days) * Softplus(strength[head])), memory);
    }

    private static float Softplus(float x) => x > 20 ? x : MathF.Log(1 + MathF.Exp(x)); // beyond 20 they are one number in float32
}
