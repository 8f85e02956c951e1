using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Tandem.Protocol.Safetensors;
using TorchSharp.Modules;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Training;

/// <summary>Adam's moments of one parameter, and its gradient summed over replicas.</summary>
internal sealed class DenseMoments(string name, Parameter[] replicas)
{
    private readonly float[] _gradient = new float[replicas[0].numel()];
    private readonly float[] _m = new float[replicas[0].numel()];
    private readonly float[] _v = new float[replicas[0].numel()];
    private bool _isReached;

    /// <summary>Takes the replicas' gradients over, in their order, and clears them.</summary>
    public void Collect()
    {
        _gradient.AsSpan().Clear();
        _isReached = false;
        foreach (var parameter in replicas)
        {
            if (parameter.grad is not { } gradient) continue;
            using var whole = gradient.contiguous();
            TensorPrimitives.Add(_gradient, Values(whole), _gradient);
            gradient.zero_();
            _isReached = true;
        }
    }

    public double SquaredNorm() => TensorPrimitives.SumOfSquares(_gradient);

    public void Update(in AdamWKernel kernel, float decay)
    {
        if (_isReached) kernel.Update(Values(replicas[0]), _gradient, _m, _v, decay);
    }

    public void Save(SafetensorsWriter writer)
    {
        writer.Add($"optimizer.{name}.m", _m, _m.Length);
        writer.Add($"optimizer.{name}.v", _v, _v.Length);
    }

    public void Load(SafetensorsFile file)
    {
        file.Get($"optimizer.{name}.m", _m.Length).As<float>().CopyTo(_m);
        file.Get($"optimizer.{name}.v", _v.Length).As<float>().CopyTo(_v);
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
