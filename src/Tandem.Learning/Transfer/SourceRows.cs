using Tandem.Data;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// What a pair reads, S [P, Q]: the source's matrices, which stand below each other, or what a control puts in their place. Pairs that name
/// the same matrices read the same, noise too.
/// </summary>
internal sealed class SourceRows
{
    private readonly TransferSource _source;
    private readonly IReadOnlyList<string> _names;
    private readonly TransferOptions _options;
    private readonly int _seed;
    private readonly int _number;

    /// <param name="source">What is read.</param>
    /// <param name="pair">Names its matrices.</param>
    /// <param name="options">What stands in their place, and how they are re-encoded before that.</param>
    /// <param name="seed">Draws the noise and the order of rows.</param>
    /// <param name="number">Of what is read, so that each has noise of its own.</param>
    /// <exception cref="ArgumentException">The source has no such matrices, or they have not one width.</exception>
    public SourceRows(TransferSource source, ParameterPair pair, TransferOptions options, int seed, int number)
    {
        (_names, _options, _seed, _number) = (pair.Sources, options, seed, number);
        _source = options.Control != TransferControl.Untrained ? source : source.Untrained ?? throw new ArgumentException(
            "what the source was before its training is not known of a file; give a run, or another control", nameof(source));
        if (_names.Count == 0) throw new ArgumentException($"'{pair.Target}' reads nothing; name a source at least", nameof(pair));
        var sizes = _names.Select(name => _source.SizeOf(ParameterView.Parse(name))).ToArray();
        if (sizes.FirstOrDefault(size => size.Columns != sizes[0].Columns) is { Columns: > 0 } other)
        {
            throw new ArgumentException(
                $"'{pair.Target}' reads matrices of {sizes[0].Columns} and {other.Columns} columns; expected one width", nameof(pair));
        }

        Size = (sizes.Sum(size => options.SourceRank is { } rank ? Math.Min(rank, Math.Min(size.Rows, size.Columns)) : size.Rows),
            sizes[0].Columns);
    }

    /// <summary>P and Q.</summary>
    public (int Rows, int Columns) Size { get; }

    /// <summary>True where the source is still trained, so that each transfer reads other numbers.</summary>
    public bool Changes => _source.IsTrainedBeside && _options.Control is TransferControl.Real or TransferControl.Shuffled;

    /// <summary>S of the moment, a constant.</summary>
    public Tensor Read()
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var S = cat([.. _names.Select(name => Encoded(ParameterView.Parse(name)))], 0);
        var random = NamedSeed.Create(_seed, "transfer control", _number);
        return (_options.Control switch
        {
            TransferControl.Noise => Noise(S, random),
            TransferControl.Shuffled => Shuffled(S, random),
            TransferControl.Zero => zeros_like(S),
            _ => S,
        }).MoveToOuterDisposeScope();
    }

    private Tensor Encoded(ParameterView view)
    {
        var (rows, columns) = _source.SizeOf(view);
        var matrix = tensor(_source.Read(view), rows, columns);
        return _options.SourceRank is { } rank ? LowRankFactors.Of(matrix, Math.Min(rank, Math.Min(rows, columns))).A : matrix;
    }

    /// <summary>Normal numbers with the mean and the deviation of all of S.</summary>
    private static Tensor Noise(Tensor S, Random random)
    {
        var values = TensorValues.Copy(S);
        var mean = values.Average(x => (double)x);
        var deviation = Math.Sqrt(values.Average(x => (x - mean) * (x - mean)));
        foreach (ref var value in values.AsSpan()) value = (float)(mean + deviation * random.NextNormal());
        return tensor(values, S.shape);
    }

    private static Tensor Shuffled(Tensor S, Random random)
    {
        var order = Enumerable.Range(0, (int)S.shape[0]).Select(row => (long)row).ToArray();
        random.Shuffle(order);
        return S.index_select(0, tensor(order));
    }
}
