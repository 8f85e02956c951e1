using Tandem.Data;
using Tandem.Learning.Layers;
using Tandem.Protocol.Items;
using Tandem.Protocol.Parameters;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>A sequence model as an evaluation sees it, with counts of successors and contents where they are a part of it.</summary>
public sealed class SequenceScorer : IItemScorer, IDisposable
{
    private readonly SequenceModel _model;
    private readonly Tensor _items; // [D, V + 1]
    private readonly SuccessorSum? _sum;
    private readonly float[] _bonus = [];
    private readonly ContentScorer[] _contents;

    /// <param name="model">Switched to evaluation; it is not to be trained while the scorer is in use.</param>
    /// <param name="successors">Counts that join its scores; null for the model alone.</param>
    /// <param name="contents">What items are like, where it joins its scores; null or empty for the model without.</param>
    /// <exception cref="ArgumentException">The counts or contents are those of another catalogue.</exception>
    public SequenceScorer(
        SequenceModel model, CountedSuccessors? successors = null, IReadOnlyList<JoinedContent>? contents = null)
    {
        Contents = contents ?? [];
        if (successors is not null && successors.Table.Items != model.ItemCount)
        {
            throw new ArgumentException(
                $"counts of {successors.Table.Items} items beside a model of {model.ItemCount}; count on the model's data set",
                    nameof(successors));
        }

        model.eval();
        (_model, Successors) = (model, successors);
        if (successors is { Join.Weight: > 0 })
        {
            _sum = successors.CreateSum();
            _bonus = new float[_sum.Capacity];
        }

        _contents = ContentScorer.Of(Contents, model.ItemCount);

        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        _items = model.Table().t().DetachFromDisposeScope();
    }

    /// <summary>What scores.</summary>
    public SequenceModel Model => _model;

    /// <summary>Counts that join its scores; null for the model alone.</summary>
    public CountedSuccessors? Successors { get; }

    /// <summary>What items are like, where it joins its scores; empty for the model without.</summary>
    public IReadOnlyList<JoinedContent> Contents { get; }

    /// <inheritdoc/>
    public string Kind => _model.Backbone.Kind;

    /// <inheritdoc/>
    public int ItemCount => _model.ItemCount;

    /// <summary>What users share of their personal weights, for the model's bundle; null, the default, where there is none.</summary>
    public ParameterFactors? Factors { get; init; }

    /// <summary>
    /// Which weights a user has, where the model makes some at each event: [T × S] the numbers of a history's T events, and T → the event,
    /// from 0, whose numbers serve. Null, the default, for those of the last event.
    /// </summary>
    public Func<float[], int, int>? Held { get; init; }

    /// <summary>What a model's source makes of histories, at each place of the window.</summary>
    /// <param name="model">With <see cref="SequenceModel.Parameters"/>; as it is, in training or not.</param>
    /// <param name="histories">B; one without events is read as one of padding.</param>
    /// <returns>[B][T × S], T the events of each that were read.</returns>
    /// <exception cref="ArgumentException">The model has no source.</exception>
    public static float[][] Numbers(SequenceModel model, ReadOnlySpan<History> histories)
    {
        if (histories.IsEmpty) return [];
        model.eval();
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var rows = new HistoryRows(histories, model.Backbone);
        var features = model.Known(rows.Features(histories, model.Backbone), rows.Ids, rows.Steps);
        return Split(
            model.Numbers(model.Rows(rows.Ids).view(rows.Rows, rows.Steps, -1), features)
                ?? throw new ArgumentException("the model has no source of parameters", nameof(model)), rows.Last);
    }

    private static float[][] Split(Tensor numbers, long[] last)
    {
        var (steps, size, all) = ((int)numbers.shape[1], (int)numbers.shape[2], TensorValues.Copy(numbers));
        return [.. last.Select((place, row) => all[(row * steps * size)..(((int)place + 1) * size)])];
    }

    /// <summary>[B, S] the numbers that serve each user.</summary>
    private Tensor Serving(Tensor numbers, long[] last)
    {
        var size = (int)numbers.shape[2];
        float[] held = [.. Split(numbers, last).SelectMany(own =>
        {
            var place = Held!(own, own.Length / size);
            return own[(place * size)..((place + 1) * size)];
        })];
        return tensor(held, last.Length, size);
    }

    /// <summary>Lets go of the tables; the model lives on.</summary>
    public void Dispose()
    {
        _items.Dispose();
        foreach (var content in _contents) content.Dispose();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores)
    {
        ScorerInput.Require(ItemCount, histories, scores);
        if (histories.IsEmpty) return;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var all = States(histories).matmul(_items);                                     // [B, V + 1]
        foreach (var content in _contents) all = all.Plus(content.Scores(histories));
        TensorValues.CopyTo(all, scores[..(int)all.numel()]);
        if (_sum is null) return;
        for (var row = 0; row < histories.Length; row++)
            AddSuccessors(_sum, histories[row].Items.Span, scores.Slice(row * (ItemCount + 1), ItemCount + 1));
    }

    /// <summary>scores += β ln(1 + x / (κ n)), on the items with a sum.</summary>
    private void AddSuccessors(SuccessorSum sum, ReadOnlySpan<int> history, Span<float> scores)
    {
        sum.Read(history);
        var bonus = _bonus.AsSpan(0, sum.Count);
        Successors!.Bonus(sum, bonus);
        for (var i = 0; i < bonus.Length; i++) scores[sum.Items[i]] += bonus[i];
    }

    /// <summary>[B, D]: the state after the last event. A history without events is read as one of padding.</summary>
    private Tensor States(ReadOnlySpan<History> histories)
    {
        var rows = new HistoryRows(histories, _model.Backbone);
        var embedded = _model.Rows(rows.Ids).view(rows.Rows, rows.Steps, -1);
        var features = _model.Known(rows.Features(histories, _model.Backbone), rows.Ids, rows.Steps);
        var held = Held is null || _model.Numbers(embedded, features) is not { } numbers ? null : Serving(numbers, rows.Last);
        return _model.EncodeLast(embedded, features, rows.Last, held);
    }
}
