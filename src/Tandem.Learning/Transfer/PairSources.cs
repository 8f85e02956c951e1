using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>The source matrices of many pairs: those that read the same read one tensor, and one control's noise.</summary>
internal sealed class PairSources(TransferSource source, TransferOptions options, int seed) : IDisposable
{
    private readonly Dictionary<string, Tensor> _read = new(StringComparer.Ordinal);

    /// <summary>S [P, Q] of a pair, this object's; null where a pair reads its own target.</summary>
    /// <param name="pair">Its sources stand below each other.</param>
    /// <param name="target">Rows and columns of its target.</param>
    /// <exception cref="ArgumentException">There are no such matrices, or they do not fit.</exception>
    public Tensor? Of(ParameterPair pair, (int Rows, int Columns) target)
    {
        var S = options.Control == TransferControl.Self ? null : Read(pair);
        if (TransferPairs.FaultOf(target, SizeOf(S, target), options) is { } fault)
            throw new ArgumentException($"transfer: '{pair.Target}': {fault}", nameof(pair));
        return S;
    }

    /// <summary>Rows and columns of what a pair reads.</summary>
    public static (int Rows, int Columns) SizeOf(Tensor? S, (int Rows, int Columns) target) =>
        S is null ? target : ((int)S.shape[0], (int)S.shape[1]);

    public void Dispose()
    {
        foreach (var S in _read.Values) S.Dispose();
    }

    private Tensor Read(ParameterPair pair)
    {
        var name = string.Join('\n', pair.Sources);
        if (!_read.TryGetValue(name, out var S))
            _read[name] = S = ControlledSource.Of(source, pair, options, seed, _read.Count).DetachFromDisposeScope();
        return S;
    }
}
