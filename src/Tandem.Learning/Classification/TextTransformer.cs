using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// A small transformer that reads a title both ways: words and places, blocks with their norms in front (arXiv 2002.04745), the mean of
/// the words' states, a linear layer.
/// </summary>
public sealed class TextTransformer : Classifier
{
    private const double PlaceDeviation = 0.02; // as in BERT

    [ComponentName(Name = "words")] private readonly RowTable _words;                               // [W, D]
    [ComponentName(Name = "places")] private readonly Parameter _places;                            // [L, D]
    [ComponentName(Name = "blocks")] private readonly ModuleList<TextTransformerBlock> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "output")] private readonly SlotLinear _output;
    private readonly SeededDropout _dropout;

    /// <param name="rows">W, words and padding.</param>
    /// <param name="length">L, most words of a title.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">Sizes and dropout.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public TextTransformer(int rows, int length, int classes, TextTransformerOptions options, Noise noise) : base(nameof(TextTransformer))
    {
        ArgumentNullException.ThrowIfNull(options);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        _words = new(rows, options.Width, options.WordDeviation);
        _places = nn.Parameter(TensorArithmetic.Normal(PlaceDeviation, length, options.Width));
        _blocks = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new TextTransformerBlock(options, noise)).ToArray());
        _norm = nn.LayerNorm(options.Width);
        _output = Linears.Xavier(options.Width, classes);
        _dropout = new(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="words">[B, up to L] int64, one word at least in each row.</param>
    /// <returns>[B, K].</returns>
    public override Tensor forward(Tensor words)
    {
        ArgumentNullException.ThrowIfNull(words);
        using var scope = NewDisposeScope();
        var (x, mask) = WordRows.Read(_words, words);                                       // [B, L, D], [B, L, 1]
        var seen = words.ne(TensorArithmetic.Zero).view(words.shape[0], 1, 1, words.shape[1]);
        x = _dropout.forward(x.Plus(_places.narrow(0, 0, words.shape[1])));
        foreach (var block in _blocks) x = block.forward(x, seen);
        var mean = (_norm.forward(x) * mask).sum(1) / mask.sum(1);                          // [B, D]
        return _output.forward(_dropout.forward(mean)).MoveToOuterDisposeScope();
    }
}
