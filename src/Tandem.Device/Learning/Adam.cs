using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>
/// Adam (arXiv 1412.6980, algorithm 1) with its own β and ε: m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²;
/// w −= rate · m̂ / (√v̂ + ε). Moments are kept of the slices alone.
/// </summary>
internal sealed class Adam : Optimizer
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly Workspace _workspace = new();
    private readonly Slice[] _first;
    private readonly Slice[] _second;
    private int _steps;

    /// <param name="slices">What is learned.</param>
    public Adam(IReadOnlyList<Slice> slices) : base(slices)
    {
        _first = [.. slices.Select(slice => _workspace.Reserve(slice.Length))];
        _second = [.. slices.Select(slice => _workspace.Reserve(slice.Length))];
    }

    /// <inheritdoc/>
    public override long SizeBytes => _workspace.SizeBytes;

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> gradient, float rate, Span<float> weights)
    {
        _steps++;
        var first = rate / (1 - MathF.Pow(Beta1, _steps));
        var second = 1 / MathF.Sqrt(1 - MathF.Pow(Beta2, _steps));
        for (var i = 0; i < Slices.Count; i++)
            Step(Slices[i].Of(gradient), _workspace.Of(_first[i]), _workspace.Of(_second[i]), first, second, Slices[i].Of(weights));
    }

    /// <param name="g">Gradient.</param>
    /// <param name="m">Its mean.</param>
    /// <param name="v">Mean of its square.</param>
    /// <param name="first">Rate / (1 − β₁ᵗ).</param>
    /// <param name="second">1 / √(1 − β₂ᵗ).</param>
    /// <param name="w">Changed in place.</param>
    private static void Step(ReadOnlySpan<float> g, Span<float> m, Span<float> v, float first, float second, Span<float> w)
    {
        for (var i = 0; i < w.Length; i++)
        {
            m[i] = Beta1 * m[i] + (1 - Beta1) * g[i];
            v[i] = Beta2 * v[i] + (1 - Beta2) * g[i] * g[i];
            w[i] -= first * m[i] / (MathF.Sqrt(v[i]) * second + Epsilon);
        }
    }
}
