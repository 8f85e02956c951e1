using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// How much an event trains the inner model, by its value v: the rate is multiplied by 1 + 2 tanh(a v + c), a and c learned per head.
/// From −1 to 3: a value that tells against the item, such as a skip, can be unlearned. Not in the paper.
/// </summary>
internal sealed class TttValueGate : nn.Module
{
    private const double Reach = 2;

    [ComponentName(Name = "weight")] private readonly Parameter _weight;                // a [H]
    [ComponentName(Name = "bias")] private readonly Parameter _bias;                    // c [H]

    /// <param name="heads">H.</param>
    public TttValueGate(int heads) : base(nameof(TttValueGate))
    {
        // Both at 0: the gate starts at 1, as if there were none.
        (_weight, _bias) = (nn.Parameter(zeros(heads)), nn.Parameter(zeros(heads)));
        RegisterComponents();
    }

    /// <summary>λ after the gate.</summary>
    /// <param name="rates">[B, T, H] λ.</param>
    /// <param name="values">[B, T]; null where all are 1.</param>
    public Tensor Apply(Tensor rates, Tensor? values)
    {
        using var scope = NewDisposeScope();
        var drive = values is null ? _weight.Plus(_bias) : addcmul(_bias, values.to(rates.dtype).unsqueeze(2), _weight, value: One);
        return (rates * drive.tanh().Times(Reach).Plus(1)).MoveToOuterDisposeScope();
    }
}
