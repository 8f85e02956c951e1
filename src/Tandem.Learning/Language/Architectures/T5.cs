using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// T5 (arXiv 1910.10683): an encoder reads a text, a decoder writes another; positions count by their distance alone. Version 1.1 and its
/// followers differ in the feed-forward layers and in a head of their own. Its parameters have the names and shapes of Hugging Face's
/// checkpoints.
/// </summary>
public sealed class T5 : nn.Module, ILanguageModel, ITrainedLanguageModel
{
    private readonly T5Options _options;

    [ComponentName(Name = "shared")] private readonly TokenTable _tokens;
    [ComponentName(Name = "encoder")] private readonly T5Encoder _encoder;
    [ComponentName(Name = "decoder")] private readonly T5Decoder _decoder;
    [ComponentName(Name = "lm_head")] private readonly TokenTable? _head; // null where the embedding is the head

    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public T5(T5Options options, Noise noise) : base(nameof(T5))
    {
        ArgumentNullException.ThrowIfNull(options);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        _options = options;
        _tokens = new TokenTable(options.Vocabulary, options.Width, options.Unfilled);
        _encoder = new(options, noise);
        _decoder = new(options, noise);
        if (!options.TiedEmbeddings) _head = new TokenTable(options.Vocabulary, options.Width, options.Unfilled);
        RegisterComponents();
    }

    /// <summary>The token that the decoder starts from.</summary>
    public int StartToken => _options.StartToken;

    /// <summary>Blocks of the decoder, each with a cache.</summary>
    public int Blocks => _decoder.Blocks;

    /// <inheritdoc/>
    public int Vocabulary => _tokens.Tokens;

    /// <inheritdoc/>
    public ArithmeticKind Arithmetic { get; set; }

    /// <summary>
    /// What is added to the tokens of items that are read; null, the default, for nothing. It is neither saved nor disposed of.
    /// </summary>
    internal WholeWords? Words { get; set; }

    /// <summary>States of texts that are read.</summary>
    /// <param name="tokens">[B, T′] int64; shorter texts end with padding.</param>
    /// <returns>[B, T′, D].</returns>
    public Tensor Read(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return Read(tokens, MaskOf(tokens)).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of every token as the next one, at every written step.</summary>
    /// <param name="tokens">[B, T′] int64 that are read; shorter texts end with padding.</param>
    /// <param name="written">[B, T] int64, from the start token on.</param>
    /// <returns>[B, T, V].</returns>
    public Tensor Forward(Tensor tokens, Tensor written)
    {
        using var scope = NewDisposeScope();
        var mask = MaskOf(tokens);
        var states = _decoder.Forward(Embed(written), Read(tokens, mask), mask, caches: null);
        return Logits(states, new(0, Vocabulary)).MoveToOuterDisposeScope();
    }

    /// <summary>States of the decoder, before each token that is written.</summary>
    /// <param name="tokens">[B, T′] int64 that are read.</param>
    /// <param name="isText">[B, T′] bool, false at padding before a text; null without any.</param>
    /// <param name="written">[B, T] int64, from the start token on.</param>
    /// <returns>[B, T, D].</returns>
    internal Tensor States(Tensor tokens, Tensor? isText, Tensor written)
    {
        using var scope = NewDisposeScope();
        var mask = isText is null ? null : MaskFor(isText);
        return _decoder.Forward(Embed(written), Read(tokens, mask), mask, caches: null).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor EncodeLast(Tensor tokens, IReadOnlyList<LayerCache> caches, Tensor? isText = null)
    {
        using var scope = NewDisposeScope();
        var mask = isText is null ? null : MaskFor(isText);
        foreach (var cache in caches) cache.SetMask(mask);
        var B = (int)tokens.shape[0];
        var start = tensor([.. Enumerable.Repeat((long)_options.StartToken, B)], B, 1);
        return _decoder.Forward(Embed(start), Read(tokens, mask), mask, caches).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Advance(Tensor tokens, IReadOnlyList<LayerCache> caches)
    {
        using var scope = NewDisposeScope();
        return _decoder.Advance(Embed(tokens), caches).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor states, TokenRange range)
    {
        using var scope = NewDisposeScope();
        if (_head is null) states = states.Times(Math.Pow(_options.Width, -0.5));
        return (_head ?? _tokens).Product(states, range.First, range.Count).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    bool ITrainedLanguageModel.Recompute
    {
        get => _encoder.Recompute;
        set => (_encoder.Recompute, _decoder.Recompute) = (value, value);
    }

    /// <inheritdoc/>
    TokenTable ITrainedLanguageModel.Read => _tokens;

    /// <inheritdoc/>
    TokenTable? ITrainedLanguageModel.Written => _head;

    /// <param name="tokens">[B, T′] int64.</param>
    /// <param name="mask">[B, 1, 1, T′]; only distances between tokens matter, so padding may stand on either side.</param>
    private Tensor Read(Tensor tokens, Tensor? mask)
    {
        var embedded = Embed(tokens);
        if (Words is not null) embedded = embedded.Plus(TypedProduct.InType(Words.Of(tokens), embedded.dtype));
        return _encoder.Forward(embedded, mask);
    }

    private Tensor MaskFor(Tensor isText) => PromptBatch.MaskOf(isText, Arithmetic.TypeOf(), _tokens.Weight.device);

    private Tensor Embed(Tensor tokens) => TypedProduct.InType(_tokens.forward(tokens), Arithmetic.TypeOf());

    /// <summary>[B, 1, 1, T′]: −∞ at padding behind a text; null where no text has any.</summary>
    private Tensor? MaskOf(Tensor tokens)
    {
        var isText = tokens.ne(tensor((long)_options.Padding, device: tokens.device));
        // Padding is what stands behind the last token of a text: the same number within it is a token like any other.
        var isReal = isText.to(ScalarType.Int64).flip(1).cumsum(1).flip(1).gt(TensorArithmetic.Zero);
        if (isReal.all().item<bool>()) return null;
        return MaskFor(isReal);
    }
}
