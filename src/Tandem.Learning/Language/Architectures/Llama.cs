using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// A causal language model of Llama's blocks (RMSNorm, RoPE, SwiGLU; arXiv 2302.13971, section 2.2, and grouped keys and values,
/// arXiv 2307.09288), or of a relative: Mistral, Qwen 2 and 3 differ in biases, norms of heads and settings alone. Its parameters have
/// the names and shapes of Hugging Face's checkpoints.
/// </summary>
public sealed class Llama : nn.Module<Tensor, Tensor>, ICausalModel, ITrainedLanguageModel
{
    [ComponentName(Name = "model")] private readonly LlamaStack _model;
    [ComponentName(Name = "lm_head")] private readonly TokenTable? _head; // null where the embedding is the head

    /// <param name="options">Its settings, with a vocabulary.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Llama(LlamaOptions options, Noise noise) : base(nameof(Llama))
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        var vocabulary = options.Vocabulary
            ?? throw new ArgumentException("the vocabulary is not set; set it to the number of tokens", nameof(options));
        _model = new LlamaStack(options, vocabulary, noise);
        if (!options.TiedEmbeddings) _head = new TokenTable(vocabulary, options.Width, options.Unfilled);
        RegisterComponents();
        if (options.Unfilled is not null) return;
        using (no_grad())
        {
            // 0.02 throughout, as GPT-2 and Llama start.
            foreach (var parameter in parameters().Where(p => p.dim() == 2)) parameter.normal_(0, 0.02);
        }
    }

    /// <inheritdoc/>
    public int Blocks => _model.Blocks;

    /// <inheritdoc/>
    public int Vocabulary => _model.Table.Tokens;

    /// <inheritdoc/>
    public ArithmeticKind Arithmetic
    {
        get => _model.Arithmetic;
        set => _model.Arithmetic = value;
    }

    /// <summary>Logits of every token as the next one, at every step.</summary>
    /// <param name="tokens">[B, T] int64.</param>
    /// <returns>[B, T, V].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return Logits(_model.Encode(tokens, caches: null), new(0, Vocabulary)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Encode(Tensor tokens, IReadOnlyList<LayerCache>? caches = null) => _model.Encode(tokens, caches);

    /// <inheritdoc/>
    public Tensor EncodeLast(Tensor tokens, IReadOnlyList<LayerCache> caches, Tensor? isText = null) =>
        _model.Encode(tokens, caches, lastOnly: true, isText);

    /// <inheritdoc/>
    public Tensor Advance(Tensor tokens, IReadOnlyList<LayerCache> caches) => _model.Advance(tokens, caches);

    /// <inheritdoc/>
    public Tensor Logits(Tensor states, TokenRange range)
    {
        using var scope = NewDisposeScope();
        return Head.Product(states, range.First, range.Count).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    bool ITrainedLanguageModel.Recompute
    {
        get => _model.Recompute;
        set => _model.Recompute = value;
    }

    /// <inheritdoc/>
    TokenTable ITrainedLanguageModel.Read => _model.Table;

    /// <inheritdoc/>
    TokenTable? ITrainedLanguageModel.Written => _head;

    private TokenTable Head => _head ?? _model.Table;
}
