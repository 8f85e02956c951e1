using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Training;

/// <summary>
/// Holds weights near those that a training started from: w ← w + a (w₀ − w) after each step, apart from the gradient as AdamW's decay is
/// (L2-SP, Li et al. 2018, arXiv 1802.01483).
/// </summary>
/// <remarks>
/// It touches all weights, item table included, so it acts at every sixteenth step only, by 1 − (1 − a)¹⁶: a step still costs what its
/// batch touches.
/// </remarks>
internal sealed class WeightAnchor : ITrainingPart
{
    private const int Every = 16;

    private readonly (Tensor Weights, float[] Start)[] _parameters;
    private readonly float[] _moved;
    private readonly float _share;

    /// <param name="network">What is trained.</param>
    /// <param name="start">w₀, a row-major array for each parameter.</param>
    /// <param name="anchor">a.</param>
    public WeightAnchor(nn.Module network, IReadOnlyDictionary<string, float[]> start, double anchor)
    {
        _share = (float)(1 - Math.Pow(1 - anchor, Every));
        _parameters = [.. network.named_parameters().Select(p => ((Tensor)p.parameter, start[p.name]))];
        _moved = new float[_parameters.Max(p => p.Start.Length)];
    }

    public void AfterStep(long number)
    {
        if (number % Every != 0) return;
        foreach (var (weights, start) in _parameters)
        {
            var moved = _moved.AsSpan(0, start.Length);
            TensorPrimitives.Lerp(TensorValues.Read(weights), start, _share, moved);
            TensorValues.Set(weights, moved);
        }
    }

    /// <summary>Nothing: what it goes back to is named by the settings.</summary>
    public void Save(SafetensorsWriter writer)
    {
    }

    /// <summary>Nothing.</summary>
    public void Load(SafetensorsReader file)
    {
    }
}
