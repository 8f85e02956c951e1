using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>The type in which a language model computes, whatever type its weights are kept in.</summary>
public enum ArithmeticKind
{
    /// <summary>Weights of a narrower type are widened on their way into a product: what the library computes in float32.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>
    /// Half the bytes of every product; norms and softmax's sums stay in float32. Several times faster than float32 where the processor
    /// multiplies BF16, slower where it does not (<see cref="ArithmeticKinds.Fastest"/>).
    /// </summary>
    [JsonStringEnumMemberName("bf16")]
    BF16,
}

/// <summary>What the kinds of arithmetic are to Torch and to this processor.</summary>
public static class ArithmeticKinds
{
    /// <summary>BF16 where Torch has vectors for it, which on x64 begin with AVX-512; else float32.</summary>
    public static ArithmeticKind Fastest =>
        System.Runtime.Intrinsics.X86.Avx512BW.IsSupported ? ArithmeticKind.BF16 : ArithmeticKind.F32;

    /// <summary>Torch's name.</summary>
    internal static ScalarType TypeOf(this ArithmeticKind kind) =>
        kind == ArithmeticKind.BF16 ? ScalarType.BFloat16 : ScalarType.Float32;
}
