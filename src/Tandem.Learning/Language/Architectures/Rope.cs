using Tandem.Learning.Layers;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// Rotary position embedding (RoFormer, arXiv 2104.09864), in the half-split pairing of Hugging Face's Llama: component i is
/// rotated together with component i + F/2 by the angle t · base^(−2i/F).
/// </summary>
internal static class Rope
{
    /// <summary>[F/2] angles of one step, in radians.</summary>
    /// <param name="headWidth">F.</param>
    /// <param name="ropeBase">The base.</param>
    /// <param name="scaling">Slows some of them down; null for none.</param>
    public static double[] Frequencies(int headWidth, double ropeBase, RopeScaling? scaling) =>
        [.. Enumerable.Range(0, headWidth / 2).Select(i => Scaled(Math.Pow(ropeBase, -2.0 * i / headWidth), scaling))];

    /// <summary>
    /// Cosines and sines for the steps start … start + steps − 1, each [steps, F], computed in float32 on the processor: the same
    /// whatever the rest is computed on.
    /// </summary>
    public static (Tensor Cos, Tensor Sin) Angles(int start, int steps, float[] frequencies, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var t = Range(start, start + steps, type: ScalarType.Float32);
        var angle = outer(t, tensor(frequencies)).repeat(1, 2);                         // [steps, F]
        return (InType(angle.cos()).MoveToOuterDisposeScope(), InType(angle.sin()).MoveToOuterDisposeScope());

        Tensor InType(Tensor values) => TypedProduct.InType(values, type).to(device);
    }

    /// <param name="x">[..., steps, F].</param>
    /// <param name="cos">[steps, F].</param>
    /// <param name="sin">[steps, F].</param>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        var half = x.chunk(2, dim: -1);
        return (x * cos).Plus(cat([-half[1], half[0]], dim: -1) * sin);
    }

    private static double Scaled(double frequency, RopeScaling? scaling)
    {
        if (scaling is null) return frequency;
        if (scaling.Kind == RopeScalingKind.Linear) return frequency / scaling.Factor;
        var turns = scaling.OriginalSteps * frequency / (2 * Math.PI);
        var kept = Math.Clamp((turns - scaling.FewTurns) / (scaling.ManyTurns - scaling.FewTurns), 0, 1);
        return (1 - kept) * frequency / scaling.Factor + kept * frequency;
    }
}
