using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Training;

/// <summary>
/// Exponential moving average of a network's weights (Polyak and Juditsky 1992; as EMA common since arXiv 1703.01780).
/// </summary>
/// <remarks>
/// It reads all weights, item table included, so it looks at every sixteenth step only, with δ¹⁶ in place of δ: over the
/// thousands of steps that an average spans the difference is nothing, and a step still costs what its batch touches.
/// </remarks>
internal sealed class WeightAverage : ITrainingPart
{
    private const int Every = 16;

    private readonly (string Name, Tensor Weights)[] _parameters;
    private readonly Dictionary<string, float[]> _average;
    private readonly float _decay;

    public WeightAverage(nn.Module network, double decay)
    {
        _decay = (float)Math.Pow(decay, Every);
        _parameters = [.. network.named_parameters().Select(p => (p.name, (Tensor)p.parameter))];
        _average = Checkpoint.Copy(network);
    }

    /// <summary>w̄ by parameter name.</summary>
    public IReadOnlyDictionary<string, float[]> Judged => _average;

    public void AfterStep(long number)
    {
        if (number % Every != 0) return;
        foreach (var (name, weights) in _parameters)
        {
            var average = _average[name];
            TensorPrimitives.Lerp(TensorValues.Read(weights), average, _decay, average);
        }
    }

    public void Save(SafetensorsWriter writer)
    {
        foreach (var (name, values) in _average) writer.Add($"average.{name}", values, values.Length);
    }

    /// <exception cref="SafetensorsException">A tensor is missing or has another size.</exception>
    public void Load(SafetensorsReader file)
    {
        foreach (var (name, values) in _average) file.Load($"average.{name}", values.Length).As<float>().CopyTo(values);
    }
}
