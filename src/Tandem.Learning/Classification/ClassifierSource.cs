using System.Globalization;
using Tandem.Learning.Transfer;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>Another model's weights for a classifier: what is read of them, and by which of its matrices.</summary>
/// <remarks>
/// A BERT has tens of thousands of rows. So each matrix of a text classifier reads the matrices of its own kind in the first and the last
/// of a BERT's layers alone: queries read queries, and a filter, which reads words, reads values. Another source is read whole.
/// </remarks>
public sealed class ClassifierSource
{
    /// <summary>A BERT's table of words, by its name in checkpoints.</summary>
    public const string WordTable = "embeddings.word_embeddings.weight";

    private const string Words = "words.weight", Layer = "encoder.layer.", Weight = ".weight";

    private static readonly (string Target, string Source)[] _kinds =
    [
        ("convolutions.", "attention.self.value"), (".query", "attention.self.query"), (".key", "attention.self.key"),
        (".value", "attention.self.value"), (".output", "attention.output.dense"), (".expand", "intermediate.dense"),
        (".contract", "output.dense"),
    ];

    private readonly IReadOnlyDictionary<string, SourceMatrix> _matrices;
    private readonly IReadOnlyList<ParameterPair>? _named;

    /// <param name="matrices">By name.</param>
    /// <param name="words">The titles' words, whose rows the table of words is cut down to; null where none are read.</param>
    /// <param name="pairs">Pairs of layers; null, the default, for those that fit.</param>
    public ClassifierSource(
        IReadOnlyDictionary<string, SourceMatrix> matrices, TitleWords? words = null, IReadOnlyList<ParameterPair>? pairs = null)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        (_matrices, _named) = (matrices, pairs);
        Table = words is not null && matrices.TryGetValue(WordTable, out var table) ? words.RowsOf(table) : null;
    }

    /// <summary>The words' rows of the source's table, in the order of the classifier's own; null where the source has none.</summary>
    public SourceMatrix? Table { get; }

    /// <summary>Pairs of a classifier's layers, and the source that they are read from.</summary>
    /// <param name="network">The classifier.</param>
    /// <exception cref="ClassificationException">The source has no layer.</exception>
    public (TransferSource Source, IReadOnlyList<ParameterPair>? Pairs) LayersFor(nn.Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var pairs = _named ?? PairsOf(network);
        var read = pairs?.SelectMany(pair => pair.Sources).Select(name => ParameterView.Parse(name).Name).ToHashSet();
        var layers = _matrices.Where(m => m.Key != WordTable && read?.Contains(m.Key) != false).ToDictionary(StringComparer.Ordinal);
        return (TransferSource.Of(layers), pairs);
    }

    /// <summary>The pair of the tables of words, and its source; null where the source has no table.</summary>
    public (TransferSource Source, IReadOnlyList<ParameterPair> Pairs)? WordsPair() => Table is null
        ? null
        : (TransferSource.Of(new Dictionary<string, SourceMatrix> { [WordTable] = Table }), [new(Words, [WordTable])]);

    /// <summary>Null where the source is no BERT, or the classifier has no layers of its kinds.</summary>
    private ParameterPair[]? PairsOf(nn.Module network)
    {
        var layers = _matrices.Keys.Where(name => name.StartsWith(Layer, StringComparison.Ordinal))
            .Select(name => name[Layer.Length..].Split('.')[0]).Distinct()
            .Select(number => int.Parse(number, CultureInfo.InvariantCulture)).Order().ToArray();
        if (layers.Length == 0) return null;
        string[] ends = [.. new[] { layers[0], layers[^1] }.Distinct()
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{Layer}{number}."))];
        var pairs =
            from parameter in network.named_parameters()
            where parameter.parameter.dim() == 2 && parameter.name.EndsWith(Weight, StringComparison.Ordinal)
            let kind = _kinds.FirstOrDefault(kind => parameter.name.Contains(kind.Target, StringComparison.Ordinal)).Source
            where kind is not null
            select new ParameterPair(parameter.name, [.. ends.Select(layer => $"{layer}{kind}{Weight}")], kind);
        return pairs.ToArray() is [_, ..] found ? found : null;
    }
}
