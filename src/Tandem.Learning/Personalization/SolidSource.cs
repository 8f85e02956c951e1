using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// SOLID: numbers = G(E(s)) + t tanh(G′(E′(q)) / t). s are the history's items by what they are like (semantic branch, the main part), q
/// the items themselves, through a codebook if one is asked for (personal branch, a bounded correction, which the paper calls metacode).
/// </summary>
/// <remarks>
/// Unlike the released program: generators are trained; the bound is smooth, so that its gradient lives; the codebook follows the items,
/// who get a gradient through it, and padding is no item.
/// </remarks>
internal sealed class SolidSource : ParameterSource
{
    private const double PublishedCut = 0.01;

    private readonly SolidOptions _options;
    private readonly bool _published;
    [ComponentName(Name = "terms")] private readonly TermEmbedding? _terms;
    [ComponentName(Name = "semantic_item")] private readonly Linear? _semanticItem;
    [ComponentName(Name = "semantic_encoder")] private readonly ConditionEncoder? _semanticEncoder;
    [ComponentName(Name = "semantic_last")] private readonly Linear? _semanticLast;
    [ComponentName(Name = "personal_item")] private readonly Linear? _personalItem;
    [ComponentName(Name = "codebook")] private readonly SemanticCodebook? _codebook;
    [ComponentName(Name = "decoder_inner")] private readonly Linear? _decoderInner;
    [ComponentName(Name = "decoder_outer")] private readonly Linear? _decoderOuter;
    [ComponentName(Name = "personal_encoder")] private readonly ConditionEncoder? _personalEncoder;
    [ComponentName(Name = "personal_last")] private readonly Linear? _personalLast;
    [ComponentName(Name = "bound")] private readonly Parameter? _bound;     // [layers], ln t
    private readonly SeededDropout _dropout;

    public SolidSource(
        IReadOnlyList<DynamicLayer> layers, ParameterOptions options, int width, ItemTerms? terms, Noise noise)
        : base(layers, options, noise)
    {
        (_options, _published) = (options.Solid, options.Control == ParameterControl.Published);
        var inner = options.Width;
        if (_options.Semantic)
        {
            _terms = new TermEmbedding(terms ?? throw new ArgumentException("the semantic branch needs what items are like", nameof(terms)),
                inner);
            _semanticItem = Linears.XavierWithoutSlot(inner, inner);
            _semanticEncoder = new ConditionEncoder(options.Encoder, inner, inner);
            _semanticLast = LastMap(inner, Size);
        }

        if (_options.Personal)
        {
            _personalItem = Linears.XavierWithoutSlot(width, inner);
            if (_options.Codebook != CodebookKind.None || _published)
            {
                _codebook = new SemanticCodebook(_options.CodebookSize, inner);
                _decoderInner = Linears.XavierWithoutSlot(inner, 2 * inner);
                _decoderOuter = Linears.XavierWithoutSlot(2 * inner, inner);
            }

            _personalEncoder = new ConditionEncoder(options.Encoder, inner, inner);
            _personalLast = LastMap(inner, Size);
            _bound = nn.Parameter(tensor(Enumerable.Repeat((float)Math.Log(_options.Bound), layers.Count).ToArray()));
        }

        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    public override SemanticCodebook? Codebook => _codebook;

    private protected override Tensor Generate(Tensor x, Tensor? items)
    {
        var places = _published
            ? ones(items!.shape)
            : items!.ne(TensorArithmetic.Zero).to(ScalarType.Float32);                 // [B, T]
        var s = _terms is null ? null : _semanticItem!.forward(_terms.Read(items!)).tanh();
        var semantic = s is null ? null : _semanticLast!.forward(_dropout.forward(_semanticEncoder!.forward(s)));
        if (_personalItem is null) return semantic!;
        var personal = Within(_personalLast!.forward(_dropout.forward(_personalEncoder!.forward(ReadItems(x, s, places)))));
        return semantic is null ? personal : semantic.Plus(personal);
    }

    /// <summary>[B, T, C] items as the personal branch reads them.</summary>
    /// <param name="x">[B, T, D].</param>
    /// <param name="s">[B, T, C] what they are like, or null.</param>
    /// <param name="real">[B, T] 1 for an event.</param>
    private Tensor ReadItems(Tensor x, Tensor? s, Tensor real)
    {
        var z = _personalItem!.forward(x).tanh();
        if (_codebook is null) return z;
        var (q, commitment, nearest) = _codebook.Read(z, real);
        if (training && is_grad_enabled() && commitment is not null)
        {
            Penalty = commitment.Times(_options.Commitment);
            if (s is not null)
                Penalty = Penalty.Plus(SemanticCodebook.MeanOfSquares(s - nearest!, real).Times(_options.Alignment));
        }

        var inner = _decoderInner!.forward(q);
        return _decoderOuter!.forward(inner.maximum(inner.Times(0.1)));                 // leaky ReLU
    }

    /// <summary>t tanh(n / t), t of each layer.</summary>
    private Tensor Within(Tensor numbers)
    {
        if (_published) return numbers.Within(-PublishedCut, PublishedCut);
        var bounds = _bound!.exp().repeat_interleave(tensor(Sizes));                    // [Size]
        return (numbers / bounds).tanh() * bounds;
    }
}
