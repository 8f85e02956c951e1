using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>Matrix products of operands that may be rounded first.</summary>
internal static class Products
{
    /// <summary>
    /// a b as float32; oneDNN multiplies bfloat16 up to twice as fast as MKL does float32, casts included, where the processor has
    /// avx512_bf16.
    /// </summary>
    /// <param name="a">[N, D] float32.</param>
    /// <param name="b">[D, M] float32.</param>
    /// <param name="brainFloat">True to round both to bfloat16, and the product, too.</param>
    public static Tensor Of(Tensor a, Tensor b, bool brainFloat) =>
        brainFloat ? a.to(ScalarType.BFloat16).matmul(b.to(ScalarType.BFloat16)).to(ScalarType.Float32) : a.matmul(b);
}
