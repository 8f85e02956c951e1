using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>APG with a condition of the user (its group-wise form): numbers = W₂ tanh(W₁ z + b₁) + b₂, z the mean of the history.</summary>
/// <remarks>
/// Its self-wise form takes each layer's own input for z, which only the device knows: nothing could be sent. W₀ stays beside the generated
/// U S V, which the paper has not: at the start the model is the one that was trained without.
/// </remarks>
internal sealed class ApgSource : ParameterSource
{
    [ComponentName(Name = "inner")] private readonly Linear _inner;
    [ComponentName(Name = "last")] private readonly Linear _last;
    private readonly SeededDropout _dropout;

    public ApgSource(IReadOnlyList<DynamicLayer> layers, ParameterOptions options, int width, Noise noise)
        : base(layers, options, noise)
    {
        _inner = Linears.XavierWithoutSlot(width, options.Width);
        _last = LastMap(options.Width, Size);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    private protected override Tensor Generate(Tensor x, Tensor? items) =>
        _last.forward(_dropout.forward(_inner.forward(ConditionEncoder.Means(x, keep: 1)).tanh()));
}
