using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language;

/// <summary>
/// A causal transformer of Llama's blocks (RMSNorm, RoPE, SwiGLU; arXiv 2302.13971, section 2.2) over semantic-id tokens.
/// </summary>
/// <remarks>
/// A history of n items is the start token followed by n · L codes, so a position tells which level comes next. In training and in
/// search alike the softmax runs over the codes that continue the prefix to a real item, so the probabilities of all items sum to 1
/// and none of the model is spent on learning which code sequences exist. Embedding and head are tied.
/// </remarks>
public sealed class Llama : nn.Module
{
    [ComponentName(Name = "embed_tokens")] private readonly Embedding _tokens;
    [ComponentName(Name = "layers")] private readonly ModuleList<LlamaBlock> _layers;
    [ComponentName(Name = "norm")] private readonly RmsNorm _norm;
    private readonly SeededDropout _dropout;

    /// <param name="ids">Gives levels and codes per level.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Llama(SemanticIds ids, LlamaOptions options, Noise noise) : base(nameof(Llama))
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (Levels, CodebookSize) = (ids.Levels, ids.CodebookSize);
        _tokens = nn.Embedding(ids.Vocabulary, options.Width);
        _layers = nn.ModuleList(Enumerable.Range(0, options.Blocks).Select(_ => new LlamaBlock(options, noise)).ToArray());
        _norm = new RmsNorm(options.Width);
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
        using (no_grad())
        {
            // 0.02 throughout, as GPT-2 and Llama start.
            foreach (var parameter in parameters().Where(p => p.dim() == 2)) parameter.normal_(0, 0.02);
        }
    }

    /// <summary>L.</summary>
    public int Levels { get; }

    /// <summary>K.</summary>
    public int CodebookSize { get; }

    /// <summary>Number of blocks, hence of layer caches.</summary>
    public int Blocks => _layers.Count;

    /// <summary>States of whole token sequences.</summary>
    /// <param name="tokens">[B, T] int64.</param>
    /// <param name="caches">One per block, filled with keys and values; null in training.</param>
    /// <returns>[B, T, D].</returns>
    internal Tensor Encode(Tensor tokens, IReadOnlyList<LayerCache>? caches = null)
    {
        using var scope = NewDisposeScope();
        var h = _dropout.forward(_tokens.forward(tokens));
        for (var i = 0; i < _layers.Count; i++) h = _layers[i].Forward(h, caches?[i]);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>States of one further token per beam.</summary>
    /// <param name="tokens">[B, W] int64.</param>
    /// <param name="caches">One per block; each grows by a step.</param>
    /// <returns>[B, W, D].</returns>
    internal Tensor Step(Tensor tokens, IReadOnlyList<LayerCache> caches)
    {
        using var scope = NewDisposeScope();
        var h = _tokens.forward(tokens);
        for (var i = 0; i < _layers.Count; i++) h = _layers[i].Step(h, caches[i]);
        return _norm.forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of a level's codes.</summary>
    /// <param name="states">[..., D].</param>
    /// <param name="level">0 … L − 1.</param>
    /// <returns>[..., K].</returns>
    internal Tensor Logits(Tensor states, int level)
    {
        using var scope = NewDisposeScope();
        var codes = _tokens.weight!.narrow(0, 1 + level * CodebookSize, CodebookSize);  // [K, D]
        return states.matmul(codes.t()).MoveToOuterDisposeScope();
    }
}
