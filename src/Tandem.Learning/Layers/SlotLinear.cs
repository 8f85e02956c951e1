using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// A linear layer, y = W x + b, with a slot for a change of its weights. Low-rank adaptation (LoRA, arXiv 2106.09685), weights that are
/// generated for each user, and weights carried over from another model all enter here; checkpoints know the layer's own weights alone.
/// </summary>
/// <remarks><see cref="WeightSlots"/> fills the slots of a network by name.</remarks>
public sealed class SlotLinear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter? _bias;

    /// <param name="start">Gives the starting values; it is disposed of.</param>
    public SlotLinear(Linear start) : base(nameof(SlotLinear))
    {
        using var linear = start;
        _weight = Copy(linear.weight!);
        _bias = linear.bias is null ? null : Copy(linear.bias);
        RegisterComponents();
    }

    private SlotLinear(int inputs, int outputs, bool hasBias, ScalarType type) : base(nameof(SlotLinear))
    {
        _weight = nn.Parameter(empty(outputs, inputs, dtype: type));
        _bias = hasBias ? nn.Parameter(empty(outputs, dtype: type)) : null;
        RegisterComponents();
    }

    /// <summary>W, [O, I].</summary>
    public Parameter Weight => _weight;

    /// <summary>b, [O]; null where the layer is a product alone.</summary>
    public Parameter? Bias => _bias;

    /// <summary>What is added to the weights; null, the default, for nothing. It is neither saved nor disposed of.</summary>
    public WeightDelta? Delta { get; internal set; }

    /// <param name="x">[B, …, I].</param>
    /// <returns>[B, …, O], in the type of <paramref name="x"/>, whatever type the weights are kept in.</returns>
    public override Tensor forward(Tensor x) => Delta?.Apply(x, _weight, _bias) ?? TypedProduct.Of(x, _weight, _bias);

    /// <summary>A layer whose weights are whatever memory held, for a checkpoint to fill.</summary>
    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="hasBias">False for a product alone.</param>
    /// <param name="type">Of the weights.</param>
    internal static SlotLinear Unfilled(int inputs, int outputs, bool hasBias, ScalarType type) => new(inputs, outputs, hasBias, type);

    private static Parameter Copy(Parameter values)
    {
        using var detached = values.detach();
        return nn.Parameter(detached.clone());
    }
}
