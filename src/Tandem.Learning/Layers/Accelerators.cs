using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>What the kinds of accelerators are to Torch and on this machine.</summary>
public static class Accelerators
{
    /// <summary>Why a kind cannot be used here, and what to do; null where it can.</summary>
    public static string? Fault(AcceleratorKind kind) => kind == AcceleratorKind.Cpu || cuda.is_available()
        ? null
        : "accelerator cuda: Torch finds no CUDA device; build with libtorch for CUDA (docs/checkpoints.md) on a machine with an NVIDIA "
            + "driver, or leave cpu";

    /// <summary>Torch's device: that of the kind, or the processor where it cannot be used.</summary>
    internal static Device Present(AcceleratorKind kind) => kind == AcceleratorKind.Cpu || Fault(kind) is not null ? CPU : CUDA;
}
