using Tandem.Device.Models;
namespace Tandem.Device.Backbones;

/// <summary>
/// What an event's value v does to its step's rate: λ ← λ (1 + 2 tanh(a v + c)), a and c learned per head. Between −1 and 3 times the
/// rate, so an event may be learned, passed over, or unlearned; 1 at a = c = 0.
/// </summary>
internal sealed class TttValueGate
{
    private readonly Slice _weight; // a [H]
    private readonly Slice _bias;   // c [H]

    /// <param name="layout">Receives the tensors.</param>
    /// <param name="name">Before them.</param>
    /// <param name="heads">H.</param>
    public TttValueGate(ParameterLayout layout, string name, int heads)
    {
        _weight = layout.Add($"{name}.weight", heads);
        _bias = layout.Add($"{name}.bias", heads);
    }

    /// <param name="parameters">By the layout.</param>
    /// <param name="values">[N] v.</param>
    /// <param name="rates">[N × H] λ, changed in place.</param>
    public void Apply(ReadOnlySpan<float> parameters, ReadOnlySpan<float> values, Span<float> rates)
    {
        var weight = _weight.Of(parameters);
        var bias = _bias.Of(parameters);
        for (var row = 0; row < values.Length; row++)
        {
            var ofRow = rates.Slice(row * weight.Length, weight.Length);
            for (var head = 0; head < ofRow.Length; head++) ofRow[head] *= 1 + 2 * MathF.Tanh(weight[head] * values[row] + bias[head]);
        }
    }
}
