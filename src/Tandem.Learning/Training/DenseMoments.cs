using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using TorchSharp.Modules;

namespace Tandem.Learning.Training;

/// <summary>Adam's moments of one parameter, and its gradient summed over replicas.</summary>
internal sealed class DenseMoments(string name, Parameter[] replicas)
{
    private readonly float[] _gradient = new float[replicas[0].numel()];
    private readonly float[] _m = new float[replicas[0].numel()];
    private readonly float[] _v = new float[replicas[0].numel()];
    private bool _isReached;

    /// <summary>
    /// The weights in float32, where the network's own are narrower or on another device: steps that are too small for their last bit would
    /// be lost one by one. Null where the network's own are updated in place.
    /// </summary>
    private float[]? _master;

    /// <summary>Takes the replicas' gradients over, in their order, and clears them.</summary>
    public void Collect()
    {
        _gradient.AsSpan().Clear();
        _isReached = false;
        foreach (var parameter in replicas)
        {
            if (parameter.grad is not { } gradient) continue;
            using var whole = gradient.contiguous();
            TensorPrimitives.Add(_gradient, TensorValues.Read(whole), _gradient);
            gradient.zero_();
            _isReached = true;
        }
    }

    public double SquaredNorm() => TensorPrimitives.SumOfSquares(_gradient);

    public void Update(in AdamWKernel kernel, float decay)
    {
        if (!_isReached) return;
        if (TensorValues.AreInPlace<float>(replicas[0]))
        {
            kernel.Update(TensorValues.InPlace<float>(replicas[0]), _gradient, _m, _v, decay);
            return;
        }

        _master ??= TensorValues.Copy(replicas[0]);
        kernel.Update(_master, _gradient, _m, _v, decay);
        TensorValues.Set(replicas[0], _master);
    }

    public void Save(SafetensorsWriter writer)
    {
        writer.Add($"{name}.m", _m, _m.Length);
        writer.Add($"{name}.v", _v, _v.Length);
        if (_master is not null) writer.Add($"{name}.master", _master, _master.Length);
    }

    public void Load(SafetensorsReader file)
    {
        file.Load($"{name}.m", _m.Length).As<float>().CopyTo(_m);
        file.Load($"{name}.v", _v.Length).As<float>().CopyTo(_v);
        if (file.Tensors.ContainsKey($"{name}.master"))
            _master = file.Load($"{name}.master", _m.Length).As<float>().ToArray();
    }
}
