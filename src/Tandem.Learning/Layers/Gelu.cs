using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>Gaussian error linear units in the form that checkpoints call <c>gelu_new</c>; the exact form is Torch's own.</summary>
internal static class Gelu
{
    /// <summary>½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) (arXiv 1606.08415, section 2).</summary>
    public static Tensor ByTanh(Tensor x)
    {
        var inner = x.Plus((x * x * x).Times(0.044715)).Times(Math.Sqrt(2 / Math.PI));
        return x.Times(0.5) * inner.tanh().Plus(1);
    }
}
