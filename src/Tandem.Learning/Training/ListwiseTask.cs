using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Next-item prediction, and beside it a softmax over the candidates of a cloud's lists: −log( e^{s(target)} / Σ e^{s(candidate)} ), the
/// mean over the lists of a step, λ times; or, as in LSC4Rec's program, binary cross-entropy. Candidates are items that a cloud really
/// proposed, so they are the negatives that a device has to tell apart.
/// </summary>
/// <param name="next">The task of the next item.</param>
/// <param name="cases">Lists with targets.</param>
/// <param name="options">Their weight, and how many a step takes.</param>
/// <param name="seed">Of the order in which lists come.</param>
public sealed class ListwiseTask(NextItemTask next, ListCases cases, ListOptions options, int seed) : ITrainingTask<SequenceBatch>
{
    private readonly Random[] _draws = new Random[next.Replicas.Count];

    /// <inheritdoc/>
    public IReadOnlyList<Replica> Replicas => next.Replicas;

    /// <inheritdoc/>
    public IReadOnlyList<SequenceBatch> BeginEpoch(int epoch)
    {
        for (var replica = 0; replica < _draws.Length; replica++) _draws[replica] = NamedSeed.Create(seed, "lists", epoch, replica);
        return next.BeginEpoch(epoch);
    }

    /// <inheritdoc/>
    public Tensor Loss(SequenceBatch batch, int replica)
    {
        using var scope = NewDisposeScope();
        var places = new int[Math.Min(options.Batch, cases.Count)];
        for (var i = 0; i < places.Length; i++) places[i] = _draws[replica].Next(cases.Count);
        var loss = next.Loss(batch, replica).Plus(Listwise((SequenceModel)Replicas[replica].Network, places).Times(options.Weight));
        return loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double? Validate() => next.Validate();

    private Tensor Listwise(SequenceModel model, int[] places)
    {
        var (B, window) = (places.Length, model.Backbone.Window);
        var histories = Array.ConvertAll(places, place => Latest(cases.Histories[place], window));
        var (T, K) = (histories.Max(history => history.Length), places.Max(place => cases.Candidates[place].Length));
        var (ids, last, missing) = (new long[B * T + B * K], new long[B], new float[B * K]);
        for (var b = 0; b < B; b++)
        {
            var items = histories[b].Items.Span;
            for (var t = 0; t < items.Length; t++) ids[b * T + t] = items[t];
            last[b] = b * T + items.Length - 1;
            var candidates = cases.Candidates[places[b]];
            for (var k = 0; k < K; k++)
            {
                ids[B * T + b * K + k] = k < candidates.Length ? candidates[k] : 0;
                missing[b * K + k] = k < candidates.Length ? 0 : float.NegativeInfinity;
            }
        }

        var rows = model.Rows(ids);                                                             // [B T + B K, D]
        var states = model.Encode(rows.narrow(0, 0, B * T).view(B, T, -1), model.Known(Features(model, histories, T), ids[..(B * T)], T))
            .flatten(0, 1).index_select(0, tensor(last, device: rows.device));                  // [B, D]
        var scores = rows.narrow(0, B * T, B * K).view(B, K, -1).matmul(states.unsqueeze(2)).squeeze(2)
            .Plus(tensor(missing, B, K, device: rows.device));                                   // [B, K]
        return options.Loss == ListLoss.Softmax
            ? nn.functional.cross_entropy(scores, zeros(B, int64, device: rows.device))         // the target comes first
            : Binary(scores, missing.Count(value => value == 0));
    }

    /// <summary>Mean over all candidates of −log σ(s) of the target and −log(1 − σ(s)) of the others.</summary>
    private static Tensor Binary(Tensor scores, int candidates)
    {
        var targets = scores.narrow(1, 0, 1);
        return scores.Softplus().sum().Plus((targets.neg().Softplus() - targets.Softplus()).sum()).DividedBy(candidates);
    }

    private static History Latest(History history, int window) =>
        history.Length <= window ? history : history.Slice(history.Length - window, window);

    /// <summary>What the backbone uses of the events beside their items; 0 behind a history.</summary>
    private static EventFeatures Features(SequenceModel model, History[] histories, int steps)
    {
        var (B, backbone) = (histories.Length, model.Backbone);
        var (times, values) = (new long[B * steps], new float[B * steps]);
        for (var b = 0; b < B; b++)
        {
            histories[b].Times.Span.CopyTo(times.AsSpan(b * steps, steps));
            histories[b].Values.Span.CopyTo(values.AsSpan(b * steps, steps));
        }

        var device = model.Items.Weight.device;
        return new(
            backbone.UsesTimes && !histories[0].Times.IsEmpty ? tensor(times, B, steps).to(device) : null,
            backbone.UsesValues && !histories[0].Values.IsEmpty ? tensor(values, B, steps).to(device) : null);
    }
}
