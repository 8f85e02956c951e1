using Microsoft.Extensions.AI;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Tokenizers;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Sentences;

/// <summary>
/// Sentences as vectors by a BERT from a folder, on libtorch. Texts of like length go through it together; shorter ones are filled up, and
/// what fills them is not attended to. Safe for many threads.
/// </summary>
public sealed class BertSentenceEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly SentenceFolder _folder;
    private readonly BertSentenceEncoderOptions _options;
    private readonly Bert _network;
    private readonly WordPieceText _tokenizer;

    private BertSentenceEncoder(SentenceFolder folder, BertSentenceEncoderOptions options, Bert network, WordPieceText tokenizer) =>
        (_folder, _options, _network, _tokenizer) = (folder, options, network, tokenizer);

    /// <summary>Dimensions of a vector.</summary>
    public int Width => _network.Options.Width;

    /// <summary>Reads settings, words and weights.</summary>
    /// <param name="folder">
    /// With <c>config.json</c>, <c>vocab.txt</c> and safetensors, and perhaps what sentence-transformers adds to them.
    /// </param>
    /// <param name="options">Size of batches; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    /// <exception cref="CheckpointFolderException">
    /// The folder holds no BERT that this version knows, or files do not fit together.
    /// </exception>
    /// <exception cref="SafetensorsException">A file is damaged.</exception>
    public static BertSentenceEncoder Open(string folder, BertSentenceEncoderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        var settings = SentenceFolder.Read(folder);
        var network = BertCheckpoint.Load(settings.Network);
        try
        {
            return new(settings, options, network, settings.OpenTokenizer(network.Options));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Encodes texts.</summary>
    /// <param name="values">Any texts; those of more tokens than the model reads are cut off.</param>
    /// <param name="options">Without effect.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>[D] each, in the order of the texts; of length 1 where the folder says so.</returns>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var texts = values.ToArray();
        return Task.Run(() => Encode(texts, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata)) return new EmbeddingGeneratorMetadata("tandem", null, BertEncoders.Kind);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private GeneratedEmbeddings<Embedding<float>> Encode(string[] texts, CancellationToken cancel)
    {
        var tokens = new long[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { CancellationToken = cancel }, i => tokens[i] = _tokenizer.Encode(texts[i]));
        var vectors = new float[texts.Length][];
        SideBySide.Run([.. Batches(tokens)], _options.Threads, batch => Encode(tokens, batch, vectors), cancel);
        return new(vectors.Select(vector => new Embedding<float>(vector)));
    }

    /// <summary>Texts of like length, the longest first, up to the budget of tokens.</summary>
    private IEnumerable<int[]> Batches(long[][] tokens)
    {
        var order = Enumerable.Range(0, tokens.Length).OrderByDescending(text => tokens[text].Length).ToArray();
        for (var first = 0; first < order.Length;)
        {
            var count = Math.Max(1, _options.TokenBudget / tokens[order[first]].Length);
            yield return order[first..Math.Min(first + count, order.Length)];
            first += count;
        }
    }

    /// <param name="tokens">Of all texts.</param>
    /// <param name="batch">Texts, the longest first.</param>
    /// <param name="vectors">Receives a vector for each of the batch.</param>
    private void Encode(long[][] tokens, int[] batch, float[][] vectors)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (B, T) = (batch.Length, tokens[batch[0]].Length);
        var (ids, isText) = (new long[B * T], new bool[B * T]); // what fills a text is any token
        for (var b = 0; b < B; b++)
        {
            tokens[batch[b]].CopyTo(ids, b * T);
            isText.AsSpan(b * T, tokens[batch[b]].Length).Fill(true);
        }

        var seen = isText.AsSpan().Contains(false) ? tensor(isText, B, T) : null;
        var states = _network.Read(tensor(ids, B, T), seen);                            // [B, T, D]
        var pooled = Pool(states, seen);                                                // [B, D]
        var values = TensorValues.Copy(_folder.HasUnitLength ? nn.functional.normalize(pooled, dim: 1) : pooled);
        for (var b = 0; b < B; b++) vectors[batch[b]] = values.AsSpan(b * Width, Width).ToArray();
    }

    private Tensor Pool(Tensor states, Tensor? seen)
    {
        if (_folder.Pooling == Pooling.First) return states.select(1, 0);
        if (seen is null) return states.mean([1]);
        var weights = seen.to(states.dtype).unsqueeze(1);                               // [B, 1, T]
        return weights.matmul(states).squeeze(1) / weights.sum(dim: -1);
    }
}
