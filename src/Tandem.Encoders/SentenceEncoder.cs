using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;
using Tandem.Learning.Language.Sentences;
using Tandem.Learning.Language.Tokenizers;

namespace Tandem.Encoders;

/// <summary>
/// Sentences as vectors of length 1 by a pretrained model on ONNX Runtime. Texts of equally many tokens go through it together, so no
/// padding is computed, on several threads at once: the products are too small to be worth dividing. Safe for many threads.
/// </summary>
public sealed class SentenceEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    private static readonly string[] _inputs = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] _outputs = ["last_hidden_state"];

    private readonly SentenceModel _model;
    private readonly SentenceEncoderOptions _options;
    private readonly WordPieceText _tokens;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    private SentenceEncoder(SentenceModel model, SentenceEncoderOptions options, WordPieceText tokens, InferenceSession session) =>
        (_model, _options, _tokens, _session) = (model, options, tokens, session);

    /// <summary>Loads the weights, which takes about half a second.</summary>
    /// <param name="model">Which one.</param>
    /// <param name="options">Threads and batches; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public static SentenceEncoder Load(SentenceModel model, SentenceEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        using var words = model.OpenWords();
        var tokens = new WordPieceText(words, model.MostTokens);
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        return new(model, options, tokens, new(Graph(model), settings));
    }

    /// <summary>Encodes texts.</summary>
    /// <param name="values">Any texts; those of more tokens than the model reads are cut off.</param>
    /// <param name="options">Without effect.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>[D] each, of length 1, in the order of the texts.</returns>
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
        if (serviceType == typeof(EmbeddingGeneratorMetadata)) return new EmbeddingGeneratorMetadata("tandem", null, _model.Name);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private GeneratedEmbeddings<Embedding<float>> Encode(string[] texts, CancellationToken cancel)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Threads, CancellationToken = cancel };
        var tokens = new long[texts.Length][];
        Parallel.For(0, texts.Length, parallel, text => tokens[text] = _tokens.Encode(texts[text]));
        var vectors = new float[texts.Length][];
        var batches = Partitioner.Create(Batches(tokens), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(batches, parallel, batch => Encode(tokens, batch, vectors));
        return new(vectors.Select(vector => new Embedding<float>(vector)));
    }

    /// <summary>Texts of equally many tokens, the longest first, so that the last batches to end are short ones.</summary>
    private IEnumerable<int[]> Batches(long[][] tokens) => Enumerable.Range(0, tokens.Length)
        .GroupBy(text => tokens[text].Length).OrderByDescending(group => group.Key)
        .SelectMany(group => group.Chunk(Math.Max(1, _options.TokenBudget / group.Key)));

    private void Encode(long[][] tokens, int[] batch, float[][] vectors)
    {
        var (B, T) = (batch.Length, tokens[batch[0]].Length);
        var ids = new long[B * T];
        for (var b = 0; b < B; b++) tokens[batch[b]].CopyTo(ids, b * T);
        var mask = new long[B * T];
        Array.Fill(mask, 1);
        using var inputs = Tensor(ids);
        using var attended = Tensor(mask);
        using var types = Tensor(new long[B * T]);
        using var outputs = _session.Run(_run, _inputs, [inputs, attended, types], _outputs);
        var states = outputs[0].GetTensorDataAsSpan<float>(); // [B, T, D]
        for (var b = 0; b < B; b++) vectors[batch[b]] = Pool(states.Slice(b * (states.Length / B), states.Length / B), T);

        OrtValue Tensor(long[] values) => OrtValue.CreateTensorValueFromMemory(values, [B, T]);
    }

    /// <param name="states">[T, D] of a text.</param>
    /// <param name="T">Its tokens.</param>
    private float[] Pool(ReadOnlySpan<float> states, int T)
    {
        var vector = states[..(states.Length / T)].ToArray();
        var read = _model.Pooling == Pooling.Mean ? T : 1;
        for (var t = 1; t < read; t++) TensorPrimitives.Add(vector, states.Slice(t * vector.Length, vector.Length), vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector); // the mean's divisor cancels
        return vector;
    }

    /// <summary>The one copy of the weights that is made; ONNX Runtime keeps its own, and this one is let go of.</summary>
    private static byte[] Graph(SentenceModel model)
    {
        using var stream = model.OpenGraph();
        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        stream.ReadExactly(bytes);
        return bytes;
    }
}
