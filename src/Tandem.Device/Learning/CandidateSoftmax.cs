using System.Numerics.Tensors;

namespace Tandem.Device.Learning;

/// <summary>−log softmax of the first of some logits.</summary>
internal static class CandidateSoftmax
{
    /// <param name="logits">[C]; becomes the gradient, softmax − [1, 0, …, 0].</param>
    /// <returns>log Σ exp(lᵢ − l₀).</returns>
    public static float LossAndGradient(Span<float> logits)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max<float>(logits), logits);
        var first = logits[0];
        TensorPrimitives.Exp(logits, logits);
        var sum = TensorPrimitives.Sum<float>(logits);
        TensorPrimitives.Divide(logits, sum, logits);
        logits[0] -= 1;
        return MathF.Log(sum) - first;
    }
}
