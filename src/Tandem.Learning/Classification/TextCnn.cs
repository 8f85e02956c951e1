using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// Convolutional Neural Networks for Sentence Classification (Kim, EMNLP 2014, arXiv 1408.5882): filters over 3, 4 and 5 words, the
/// greatest answer of each over a title, dropout, a linear layer.
/// </summary>
/// <remarks>
/// A filter starts at each word of a title and reads zeros behind its end, so that what is said of a title does not depend on how far it
/// was padded. The paper's limit of the last layer's norm is left to weight decay.
/// </remarks>
public sealed class TextCnn : Classifier
{
    private readonly int[] _heights;
    [ComponentName(Name = "words")] private readonly RowTable _words;                               // [W, D]
    [ComponentName(Name = "convolutions")] private readonly ModuleList<SlotLinear> _convolutions;   // h D → F each, [F, D, h]
    [ComponentName(Name = "output")] private readonly SlotLinear _output;
    private readonly SeededDropout _dropout;

    /// <param name="rows">W, words and padding.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">Sizes and dropout.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public TextCnn(int rows, int classes, TextCnnOptions options, Noise noise) : base(nameof(TextCnn))
    {
        ArgumentNullException.ThrowIfNull(options);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        _heights = [.. options.Heights];
        _words = new(rows, options.Width, options.WordDeviation);
        _convolutions = nn.ModuleList(_heights.Select(height => Linears.Xavier(height * options.Width, options.Filters)).ToArray());
        _output = Linears.Xavier(_heights.Length * options.Filters, classes);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="words">[B, L] int64.</param>
    /// <returns>[B, K].</returns>
    public override Tensor forward(Tensor words)
    {
        ArgumentNullException.ThrowIfNull(words);
        using var scope = NewDisposeScope();
        var (x, mask) = WordRows.Read(_words, words);                                       // [B, L, D], [B, L, 1]
        var pooled = _heights.Select((height, i) => Pool(x, mask, height, _convolutions[i])).ToArray();
        return _output.forward(_dropout.forward(cat(pooled, 1))).MoveToOuterDisposeScope();
    }

    private static Tensor Pool(Tensor x, Tensor mask, int height, SlotLinear convolution)
    {
        var (B, L, D) = (x.shape[0], x.shape[1], x.shape[2]);
        var padded = height == 1 ? x : cat([x, zeros(B, height - 1, D)], 1);
        var windows = padded.unfold(1, height, 1).reshape(B, L, D * height);
        return (nn.functional.relu(convolution.forward(windows)) * mask).amax([1]);         // [B, F]
    }
}
