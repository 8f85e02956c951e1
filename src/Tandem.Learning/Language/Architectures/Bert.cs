using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// BERT (arXiv 1810.04805): an encoder in which every token of a text sees every other. Its parameters have the names and shapes of
/// Hugging Face's checkpoints. It reads texts and is not trained here, so nothing is dropped.
/// </summary>
public sealed class Bert : nn.Module
{
    [ComponentName(Name = "embeddings")] private readonly BertEmbeddings _embeddings;
    [ComponentName(Name = "encoder")] private readonly BertEncoder _encoder;
    [ComponentName(Name = "pooler")] private readonly BertPooler? _pooler;

    /// <param name="options">Its shape.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Bert(BertOptions options) : base(nameof(Bert))
    {
        ArgumentNullException.ThrowIfNull(options);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        Options = options;
        _embeddings = new(options);
        _encoder = new(options);
        if (options.HasPooler) _pooler = new(options);
        RegisterComponents();
    }

    /// <summary>Its shape.</summary>
    public BertOptions Options { get; }

    /// <summary>States of texts.</summary>
    /// <param name="tokens">
    /// [B, T] int64, T at most <see cref="BertOptions.Positions"/>; shorter texts end with any token of the vocabulary.
    /// </param>
    /// <param name="isText">[B, T] bool, false at what fills short texts, which nothing attends to; null where there is none.</param>
    /// <param name="types">[B, T] int64 kinds of the tokens; null where all are of the first.</param>
    /// <returns>[B, T, D]; those of what fills short texts mean nothing.</returns>
    /// <exception cref="ArgumentException">There are more tokens than positions.</exception>
    public Tensor Read(Tensor tokens, Tensor? isText = null, Tensor? types = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.shape[1] > Options.Positions)
        {
            throw new ArgumentException(
                $"texts of {tokens.shape[1]} tokens, expected at most {Options.Positions}; cut them off", nameof(tokens));
        }

        using var scope = NewDisposeScope();
        var seen = isText?.unsqueeze(1).unsqueeze(1);                                   // [B, 1, 1, T]
        return _encoder.Forward(_embeddings.Forward(tokens, types), seen).MoveToOuterDisposeScope();
    }

    /// <summary>tanh(W h₀ + b) of the first token's state.</summary>
    /// <param name="states">[B, T, D] of <see cref="Read"/>.</param>
    /// <returns>[B, D].</returns>
    /// <exception cref="InvalidOperationException">The model has no such layer.</exception>
    public Tensor Pool(Tensor states) => _pooler is not null
        ? _pooler.forward(states)
        : throw new InvalidOperationException("the model has no pooler; set HasPooler, or open a checkpoint that has one");
}
