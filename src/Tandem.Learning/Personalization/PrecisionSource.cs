using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// A precision plan for each user: which rows of the changed layers keep how many bits, from one forward pass. Numbers = W E(history) + b.
/// A penalty holds the mean bits to a budget.
/// </summary>
internal sealed class PrecisionSource : ParameterSource
{
    [ComponentName(Name = "encoder")] private readonly ConditionEncoder _encoder;
    [ComponentName(Name = "last")] private readonly Linear _last;
    private readonly SeededDropout _dropout;

    public PrecisionSource(IReadOnlyList<PrecisionLayer> layers, ParameterOptions options, int width, Noise noise)
        : base(layers, options, noise)
    {
        _encoder = new ConditionEncoder(options.Encoder, width, options.Width);
        _last = LastMap(options.Width, Size);
        using (no_grad()) _last.bias!.copy_(tensor(layers.SelectMany(layer => layer.Start()).ToArray()));
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    private protected override Tensor Generate(Tensor x, Tensor? items)
    {
        var numbers = _last.forward(_dropout.forward(_encoder.forward(x)));
        if (training && is_grad_enabled()) Penalty = Excess(numbers);
        return numbers;
    }

    /// <summary>Mean bits of a weight beyond the budget, in units of 32, times the weight of the penalty.</summary>
    private Tensor Excess(Tensor numbers)
    {
        var bits = tensor(Array.ConvertAll(PrecisionLayer.Bits.ToArray(), b => (float)b));
        var expected = (PrecisionLayer.SharesOf(numbers.flatten(0, 1)).mean([0L, 2L]) * bits).sum();
        return expected.Plus(-Options.Precision.Bits).relu().DividedBy(32).Times(Options.Precision.Penalty);
    }
}
