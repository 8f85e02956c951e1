using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>LayerNorm(word + position + kind).</summary>
internal sealed class BertEmbeddings : nn.Module
{
    [ComponentName(Name = "word_embeddings")] private readonly Embedding _words;
    [ComponentName(Name = "position_embeddings")] private readonly Embedding _positions;
    [ComponentName(Name = "token_type_embeddings")] private readonly Embedding _types;
    [ComponentName(Name = "LayerNorm")] private readonly LayerNorm _norm;

    public BertEmbeddings(BertOptions options) : base(nameof(BertEmbeddings))
    {
        _words = nn.Embedding(options.Vocabulary, options.Width);
        _positions = nn.Embedding(options.Positions, options.Width);
        _types = nn.Embedding(options.TokenTypes, options.Width);
        _norm = nn.LayerNorm(options.Width, eps: options.NormEpsilon);
        RegisterComponents();
    }

    /// <param name="tokens">[B, T].</param>
    /// <param name="types">[B, T]; null where all are of the first kind.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Forward(Tensor tokens, Tensor? types)
    {
        using var scope = NewDisposeScope();
        var positions = _positions.weight!.narrow(0, 0, tokens.shape[1]);               // [T, D]
        var kinds = types is null ? _types.weight!.narrow(0, 0, 1) : _types.forward(types);
        return _norm.forward(_words.forward(tokens).Plus(kinds).Plus(positions)).MoveToOuterDisposeScope();
    }
}
