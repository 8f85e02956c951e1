using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// MobileNetV2's block: t-fold more channels, a filter of 3 × 3 for each channel by itself, and back without a nonlinearity; what comes in
/// is added where its shape is that of what goes out.
/// </summary>
internal sealed class InvertedResidual : nn.Module<Tensor, Tensor>
{
    private readonly bool _adds;
    [ComponentName(Name = "expand")] private readonly ConvolutionNorm? _expand;   // none where t is 1, as published
    [ComponentName(Name = "depthwise")] private readonly ConvolutionNorm _depthwise;
    [ComponentName(Name = "project")] private readonly ConvolutionNorm _project;

    public InvertedResidual(int inputs, int outputs, int expansion, int stride) : base(nameof(InvertedResidual))
    {
        var inner = expansion * inputs;
        _adds = stride == 1 && inputs == outputs;
        _expand = expansion == 1 ? null : new(inputs, inner, kernel: 1);
        _depthwise = new(inner, inner, kernel: 3, stride, groups: inner);
        _project = new(inner, outputs, kernel: 1);
        RegisterComponents();
    }

    /// <param name="x">[B, I, height, width].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = _expand is null ? x : nn.functional.relu(_expand.forward(x));
        h = _project.forward(nn.functional.relu(_depthwise.forward(h)));
        return (_adds ? x.Plus(h) : h).MoveToOuterDisposeScope();
    }
}
