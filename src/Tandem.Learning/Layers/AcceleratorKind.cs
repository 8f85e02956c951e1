using System.Text.Json.Serialization;

namespace Tandem.Learning.Layers;

/// <summary>What a language model computes on.</summary>
public enum AcceleratorKind
{
    /// <summary>The processor.</summary>
    [JsonStringEnumMemberName("cpu")]
    Cpu,

    /// <summary>The first CUDA device. Torch's libraries for it are no part of this library (<see cref="Accelerators.Fault"/>).</summary>
    [JsonStringEnumMemberName("cuda")]
    Cuda,
}
