using System.Runtime.InteropServices;
using Tandem.Data;
using Tandem.Learning.Backbones;
using static TorchSharp.torch;

namespace Tandem.Learning;

/// <summary>A sequence model as an evaluation sees it.</summary>
public sealed class SequenceScorer : IItemScorer, IDisposable
{
    private readonly SequenceModel _model;
    private readonly Tensor _items; // [D, V + 1]

    /// <param name="model">Switched to evaluation; it is not to be trained while the scorer is in use.</param>
    public SequenceScorer(SequenceModel model)
    {
        model.eval();
        _model = model;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        _items = model.Table().t().DetachFromDisposeScope();
    }

    /// <summary>What scores.</summary>
    public SequenceModel Model => _model;

    /// <inheritdoc/>
    public string Kind => _model.Backbone.Kind;

    /// <inheritdoc/>
    public int ItemCount => _model.ItemCount;

    /// <summary>Lets go of the table; the model lives on.</summary>
    public void Dispose() => _items.Dispose();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        if (histories.IsEmpty) return;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var all = States(histories).matmul(_items);                                     // [B, V + 1]
        MemoryMarshal.Cast<byte, float>(all.bytes).CopyTo(scores);
    }

    /// <summary>[B, D]: the state after the last event. A history without events is read as one of padding.</summary>
    private Tensor States(ReadOnlySpan<History> histories)
    {
        var steps = 1;
        foreach (var history in histories) steps = Math.Max(steps, Math.Min(history.Length, _model.Backbone.Window));
        var (ids, last) = (new long[histories.Length * steps], new long[histories.Length]);
        for (var row = 0; row < histories.Length; row++)
        {
            var items = Seen(histories[row]).Items.Span;
            for (var t = 0; t < items.Length; t++) ids[row * steps + t] = items[t];
            last[row] = row * steps + Math.Max(items.Length, 1) - 1;
        }

        var states = _model.Encode(_model.Rows(ids).view(histories.Length, steps, -1), Features(histories, steps));
        return states.flatten(0, 1).index_select(0, tensor(last));
    }

    /// <summary>What the backbone uses; nothing that a history lacks.</summary>
    private EventFeatures Features(ReadOnlySpan<History> histories, int steps)
    {
        var (withTimes, withValues) = (_model.Backbone.UsesTimes, _model.Backbone.UsesValues);
        foreach (var history in histories)
        {
            withTimes &= history.Length == 0 || !history.Times.IsEmpty;
            withValues &= history.Length == 0 || !history.Values.IsEmpty;
        }

        var times = new long[withTimes ? histories.Length * steps : 0];
        var values = new float[withValues ? histories.Length * steps : 0];
        for (var row = 0; row < histories.Length; row++)
        {
            var seen = Seen(histories[row]);
            if (withTimes) seen.Times.Span.CopyTo(times.AsSpan(row * steps));
            if (withValues) seen.Values.Span.CopyTo(values.AsSpan(row * steps));
        }

        return new(withTimes ? tensor(times, histories.Length, steps) : null, withValues ? tensor(values, histories.Length, steps) : null);
    }

    /// <summary>The events within the window.</summary>
    private History Seen(History history)
    {
        var first = Math.Max(0, history.Length - _model.Backbone.Window);
        return history.Slice(first, history.Length - first);
    }
}
