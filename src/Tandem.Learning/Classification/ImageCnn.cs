using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// MobileNetV2 (Sandler et al., CVPR 2018, arXiv 1801.04381) for images of 32 × 32: its inverted residuals with batch norm, fewer and
/// narrower, and no stride in the first layer.
/// </summary>
public sealed class ImageCnn : Classifier
{
    /// <summary>Height and width of an image, and its colours.</summary>
    public const int Side = 32, Colours = 3;

    private const double Middle = 127.5; // of a colour's 0 … 255

    [ComponentName(Name = "stem")] private readonly ConvolutionNorm _stem;
    [ComponentName(Name = "blocks")] private readonly ModuleList<InvertedResidual> _blocks;
    [ComponentName(Name = "last")] private readonly ConvolutionNorm _last;
    [ComponentName(Name = "output")] private readonly SlotLinear _output;
    private readonly SeededDropout _dropout;

    /// <param name="classes">K.</param>
    /// <param name="options">Sizes and dropout.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public ImageCnn(int classes, ImageCnnOptions options, Noise noise) : base(nameof(ImageCnn))
    {
        ArgumentNullException.ThrowIfNull(options);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        var (blocks, channels) = (new List<InvertedResidual>(), options.Channels);
        for (var stage = 0; stage < channels.Count; stage++)
        {
            for (var i = 0; i < options.Blocks; i++)
            {
                var inputs = i > 0 ? channels[stage] : channels[Math.Max(0, stage - 1)];
                blocks.Add(new(inputs, channels[stage], stage == 0 ? 1 : options.Expansion, stage > 0 && i == 0 ? 2 : 1));
            }
        }

        _stem = new(Colours, channels[0], kernel: 3);
        _blocks = nn.ModuleList(blocks.ToArray());
        _last = new(channels[^1], options.Last, kernel: 1);
        _output = Linears.Xavier(options.Last, classes);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="pixels">[B, 3, 32, 32] uint8.</param>
    /// <returns>[B, K].</returns>
    public override Tensor forward(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        using var scope = NewDisposeScope();
        var x = pixels.to(ScalarType.Float32).Plus(-Middle).DividedBy(Middle);              // −1 … 1
        x = nn.functional.relu(_stem.forward(x));
        foreach (var block in _blocks) x = block.forward(x);
        x = nn.functional.relu(_last.forward(x)).mean([2, 3]);                              // [B, last]
        return _output.forward(_dropout.forward(x)).MoveToOuterDisposeScope();
    }
}
