using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>A convolution without bias and a batch norm.</summary>
internal sealed class ConvolutionNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "convolution")] private readonly Conv2d _convolution; // [O, I / groups, k, k]
    [ComponentName(Name = "norm")] private readonly BatchNorm2d _norm;

    public ConvolutionNorm(int inputs, int outputs, int kernel, int stride = 1, int groups = 1) : base(nameof(ConvolutionNorm))
    {
        _convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding: kernel / 2, groups: groups, bias: false);
        _norm = nn.BatchNorm2d(outputs);
        RegisterComponents();
    }

    /// <param name="x">[B, I, height, width].</param>
    public override Tensor forward(Tensor x)
    {
        using var convolved = _convolution.forward(x);
        return _norm.forward(convolved);
    }
}
