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
    /// <summary>Cosines and sines for the steps start … start + steps − 1, each [steps, F] float32.</summary>
    public static (Tensor Cos, Tensor Sin) Angles(int start, int steps, int headWidth, double ropeBase)
    {
        using var scope = NewDisposeScope();
        var i = Range(0, headWidth, step: 2, ScalarType.Float32);
        var frequency = exp(i.Times((float)(-Math.Log(ropeBase) / headWidth)));         // [F/2]
        var t = Range(start, start + steps, type: ScalarType.Float32);
        var angle = outer(t, frequency).repeat(1, 2);                                   // [steps, F]
        return (angle.cos().MoveToOuterDisposeScope(), angle.sin().MoveToOuterDisposeScope());
    }

    /// <param name="x">[..., steps, F].</param>
    /// <param name="cos">[steps, F].</param>
    /// <param name="sin">[steps, F].</param>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        var half = x.chunk(2, dim: -1);
        return (x * cos).Plus(cat([-half[1], half[0]], dim: -1) * sin);
    }
}
