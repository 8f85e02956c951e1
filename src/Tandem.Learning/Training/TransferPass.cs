using Tandem.Learning.Layers;
using Tandem.Learning.Transfer;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Matrices of one size that one adapter writes from one source: what is asked of the source is worked out once for all of them.
/// </summary>
/// <param name="adapter">Theirs.</param>
/// <param name="source">What is read; null for the target's own matrix of the moment.</param>
/// <param name="targets">N blocks of parameters, all [O, I].</param>
internal sealed class TransferPass(
    ParameterAdapter adapter, SourceRows? source, IReadOnlyList<(TransferredParameter Parameter, ParameterView View)> targets) : IDisposable
{
    /// <summary>S as the adapter reads it; null where it is read anew at each transfer.</summary>
    private readonly Tensor? _encoded = source is null or { Changes: true } ? null : Encoded(adapter, source).DetachFromDisposeScope();

    /// <summary>What the adapter makes of the targets' own weights: [N, O, I].</summary>
    public Tensor Make()
    {
        var T = Gather(parameter => parameter.Own);
        return adapter.MakeAll(T, _encoded ?? (source is null ? adapter.Encode(T[0]) : Encoded(adapter, source)));
    }

    /// <summary>Blocks of what belongs to each parameter, of its own length: [N, O, I].</summary>
    public Tensor Gather(Func<TransferredParameter, Span<float>> whole)
    {
        var (rows, columns) = targets[0].View.SizeIn(targets[0].Parameter.Shape);
        var gathered = empty(targets.Count, rows, columns);
        var values = TensorValues.InPlace<float>(gathered);
        for (var i = 0; i < targets.Count; i++)
            targets[i].View.In(whole(targets[i].Parameter)).CopyTo(values[(i * rows * columns)..]);
        return gathered;
    }

    /// <summary>Puts what was made to the targets' own weights, or in their place.</summary>
    public void Lay(Tensor made)
    {
        using var whole = made.detach().contiguous();
        var values = TensorValues.Read(whole);
        var length = values.Length / targets.Count;
        for (var i = 0; i < targets.Count; i++)
        {
            var (parameter, view) = targets[i];
            if (adapter.Replaces) parameter.Replace(view, values.Slice(i * length, length));
            else parameter.Change(view, values.Slice(i * length, length));
        }
    }

    public void Dispose() => _encoded?.Dispose();

    private static Tensor Encoded(ParameterAdapter adapter, SourceRows source)
    {
        using var scope = NewDisposeScope();
        return adapter.Encode(source.Read()).MoveToOuterDisposeScope();
    }
}
