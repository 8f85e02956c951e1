using Tandem.Data;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>The source's matrix of a pair, or what a control puts in its place.</summary>
internal static class ControlledSource
{
    /// <summary>S, a constant.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="pair">Its sources stand below each other.</param>
    /// <param name="options">What stands in their place, and how they are re-encoded before that.</param>
    /// <param name="seed">Draws the noise and the order of rows.</param>
    /// <param name="number">Of what is read.</param>
    /// <returns>[P, Q]; the caller's to dispose of.</returns>
    /// <exception cref="ArgumentException">The source has no such matrices, or they have not one width.</exception>
    public static Tensor Of(TransferSource source, ParameterPair pair, TransferOptions options, int seed, int number)
    {
        var control = options.Control;
        var read = control != TransferControl.Untrained ? source : source.Untrained ?? throw new ArgumentException(
            "what the source was before its training is not known of a file; give a run, or another control", nameof(source));
        if (pair.Sources.Count == 0) throw new ArgumentException($"'{pair.Target}' reads nothing; name a source at least", nameof(pair));
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var text in pair.Sources)
        {
            var (rows, columns, values) = read[ParameterView.Parse(text)];
            if (parts.Count > 0 && columns != parts[0].shape[1])
            {
                throw new ArgumentException(
                    $"'{pair.Target}' reads matrices of {parts[0].shape[1]} and {columns} columns; expected one width", nameof(pair));
            }

            var part = tensor(values, rows, columns);
            parts.Add(options.SourceRank is { } rank ? LowRankFactors.Of(part, Math.Min(rank, Math.Min(rows, columns))).A : part);
        }

        var S = cat(parts, 0);
        var random = NamedSeed.Create(seed, "transfer control", number);
        return (control switch
        {
            TransferControl.Noise => Noise(S, random),
            TransferControl.Shuffled => Shuffled(S, random),
            TransferControl.Zero => zeros_like(S),
            _ => S,
        }).MoveToOuterDisposeScope();
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
