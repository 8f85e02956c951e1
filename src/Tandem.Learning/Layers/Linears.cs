using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>Linear layers by their starting values.</summary>
internal static class Linears
{
    /// <summary>Normal weights of variance 2 / (inputs + outputs) (Glorot and Bengio 2010), biases 0.</summary>
    /// <param name="inputs">Width of what comes in.</param>
    /// <param name="outputs">Width of what goes out.</param>
    /// <param name="hasBias">False for a product alone.</param>
    public static SlotLinear Xavier(int inputs, int outputs, bool hasBias = true) => new(XavierWithoutSlot(inputs, outputs, hasBias));

    /// <summary>The same for a layer whose weights are used otherwise than by a forward pass, so that no change could reach them.</summary>
    /// <inheritdoc cref="Xavier" path="/param"/>
    public static Linear XavierWithoutSlot(int inputs, int outputs, bool hasBias = true)
    {
        var linear = nn.Linear(inputs, outputs, hasBias: hasBias);
        nn.init.xavier_normal_(linear.weight);
        if (hasBias) nn.init.zeros_(linear.bias!);
        return linear;
    }

    /// <summary>Normal weights of a deviation given, biases 0.</summary>
    /// <param name="inputs">Width of what comes in.</param>
    /// <param name="outputs">Width of what goes out.</param>
    /// <param name="deviation">Of the weights.</param>
    /// <param name="hasBias">False for a product alone.</param>
    /// <param name="unfilled">Type of weights that a checkpoint will fill; null, the default, to draw them.</param>
    public static SlotLinear Normal(int inputs, int outputs, double deviation, bool hasBias, ScalarType? unfilled = null)
    {
        if (unfilled is { } type) return SlotLinear.Unfilled(inputs, outputs, hasBias, type);
        var linear = nn.Linear(inputs, outputs, hasBias: hasBias);
        nn.init.normal_(linear.weight, 0, deviation);
        if (hasBias) nn.init.zeros_(linear.bias!);
        return new(linear);
    }

    /// <summary>Weights and biases uniform within ±1 / √inputs, Torch's own.</summary>
    /// <param name="inputs">Width of what comes in.</param>
    /// <param name="outputs">Width of what goes out.</param>
    /// <param name="hasBias">False for a product alone.</param>
    /// <param name="unfilled">Type of weights that a checkpoint will fill; null, the default, to draw them.</param>
    public static SlotLinear Uniform(int inputs, int outputs, bool hasBias, ScalarType? unfilled = null) => unfilled is { } type
        ? SlotLinear.Unfilled(inputs, outputs, hasBias, type)
        : new(nn.Linear(inputs, outputs, hasBias: hasBias));
}
