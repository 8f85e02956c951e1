using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// The model inside a TTT layer, one for each head (arXiv 2407.04620). Its weights are the user's state: each mini-batch takes a gradient
/// step on ℓ = ½ ‖f(k) − v‖² from the weights that it began with, and event i reads f(q) at W − τᵢ Σ_{k ≤ i} λ_k ∂ℓ_k/∂W.
/// </summary>
internal abstract class TttInnerModel
{
    private readonly Slice _gamma;              // [H × F]
    private readonly Slice _beta;               // [H × F]
    private readonly Slice _surpriseWeight;     // [H] or none
    private readonly Slice _surpriseBias;       // [H] or none

    /// <param name="layout">Receives the tensors.</param>
    /// <param name="name">Before them.</param>
    /// <param name="shape">Checked dimensions.</param>
    private protected TttInnerModel(ParameterLayout layout, string name, TttShape shape)
    {
        (Heads, HeadWidth, Length) = (shape.Heads, shape.HeadWidth, (int)shape.InnerWeights);
        _gamma = layout.Add($"{name}.norm.weight", Heads, 1, HeadWidth);
        _beta = layout.Add($"{name}.norm.bias", Heads, 1, HeadWidth);
        if (!shape.Surprise) return;
        _surpriseWeight = layout.Add($"{name}.norm.surprise_weight", Heads, 1, 1);
        _surpriseBias = layout.Add($"{name}.norm.surprise_bias", Heads, 1, 1);
    }

    /// <summary>P: weights of a head.</summary>
    public int Length { get; }

    /// <summary>H.</summary>
    private protected int Heads { get; }

    /// <summary>F.</summary>
    private protected int HeadWidth { get; }

    /// <summary>W₀: tensors of all heads, which follow each other in a head's weights. None where it is 0.</summary>
    private protected abstract Slice[] Initial { get; }

    /// <param name="layout">Receives the tensors.</param>
    /// <param name="name">Before them.</param>
    /// <param name="shape">Checked dimensions.</param>
    public static TttInnerModel Of(ParameterLayout layout, string name, TttShape shape) =>
        shape.Inner == TttInnerForm.Mlp ? new TttMlp(layout, name, shape) : new TttLinear(layout, name, shape);

    /// <summary>Floats of scratch for a chunk of n rows.</summary>
    public abstract int ScratchLength(int rows);

    /// <summary>Takes in the events of a chunk: adds to its sums and writes the answers that are wanted.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="chunk">At most as many rows as its scratch is for.</param>
    public abstract void Run(ReadOnlySpan<float> parameters, in TttChunk chunk);

    /// <summary>W ← W₀.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="memory">[H × P].</param>
    public void Begin(ReadOnlySpan<float> parameters, Span<float> memory)
    {
        memory.Clear();
        for (var head = 0; head < Heads; head++)
        {
            var rest = memory.Slice(head * Length, Length);
            foreach (var tensor in Initial)
            {
                Part(tensor, parameters, head).CopyTo(rest);
                rest = rest[(tensor.Length / Heads)..];
            }
        }
    }

    /// <summary>W ← W₀ + a (W − W₀) in one head.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="head">Its number.</param>
    /// <param name="kept">a.</param>
    /// <param name="memory">[H × P].</param>
    public void Forget(ReadOnlySpan<float> parameters, int head, float kept, Span<float> memory)
    {
        var rest = memory.Slice(head * Length, Length);
        if (Initial.Length == 0) TensorPrimitives.Multiply(rest, kept, rest);
        foreach (var tensor in Initial)
        {
            var initial = Part(tensor, parameters, head);
            var weights = rest[..initial.Length];
            TensorPrimitives.Subtract(weights, initial, weights);
            TensorPrimitives.MultiplyAdd(weights, kept, initial, weights);
            rest = rest[initial.Length..];
        }
    }

    private protected HeadNormWeights Norm(ReadOnlySpan<float> parameters) =>
        new(_gamma.Of(parameters), _beta.Of(parameters), _surpriseWeight.Of(parameters), _surpriseBias.Of(parameters));

    private ReadOnlySpan<float> Part(Slice tensor, ReadOnlySpan<float> parameters, int head) =>
        tensor.Of(parameters).Slice(head * (tensor.Length / Heads), tensor.Length / Heads);
}
