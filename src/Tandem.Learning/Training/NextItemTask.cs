using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Predicts the next item at every step of a sequence, by sampled softmax with logQ correction (Bengio and Senécal 2008):
/// −log( e^{s⁺} / (e^{s⁺} + V/n Σ e^{s⁻}) ) over one target and the batch's n shared negatives. Each negative stands for V/n
/// items, so the sum estimates that of the full softmax. A negative that equals the target is left out.
/// </summary>
public sealed class NextItemTask : ITrainingTask
{
    private const double MaxPadding = 0.1; // of small batches: a step costs more than a few empty places

    private readonly SequenceModel _model;
    private readonly NextItemOptions _options;
    private readonly int _seed;
    private readonly TokenBudgetBatches _batches;
    private readonly RankedUsers? _validation;
    private Random _negatives = null!;

    /// <param name="model">The recommender.</param>
    /// <param name="noise">Of the model's dropouts.</param>
    /// <param name="options">Checked by the caller.</param>
    /// <param name="seed">Of batches and negatives.</param>
    /// <param name="sequences">Number of training sequences.</param>
    /// <param name="sequence">The training sequence of each user.</param>
    /// <param name="validation">Users to rank for; null to hold nothing out.</param>
    public NextItemTask(
        SequenceModel model, Noise noise, NextItemOptions options, int seed,
        int sequences, Func<int, ReadOnlySpan<int>> sequence, RankedUsers? validation)
    {
        (_model, Noise, _options, _seed, _validation) = (model, noise, options, seed, validation);
        var window = model.Backbone.Window;
        _batches = new(sequences, sequence, new()
        {
            Window = window,
            TokenBudget = Math.Max(options.TokenBudget, window),
            MaxPadding = MaxPadding,
        });
    }

    /// <inheritdoc/>
    public nn.Module Network => _model;

    /// <inheritdoc/>
    public Noise Noise { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SequenceBatch> BeginEpoch(int epoch)
    {
        _negatives = NamedSeed.Create(_seed, "negatives", epoch);
        return _batches.Epoch(_seed, epoch);
    }

    /// <inheritdoc/>
    public Tensor Loss(SequenceBatch batch)
    {
        using var scope = NewDisposeScope();
        var (inputs, N) = (batch.Inputs.Length, batch.Tokens);
        var real = RealPlaces(batch);
        var ids = new long[inputs + N + _options.Negatives];
        for (var i = 0; i < inputs; i++) ids[i] = batch.Inputs[i];
        for (var i = 0; i < N; i++) ids[inputs + i] = batch.Targets[real[i]];
        for (var i = inputs + N; i < ids.Length; i++) ids[i] = _negatives.Next(1, _model.ItemCount + 1);

        var rows = _model.Items.Gather(ids);                                            // one gather: [inputs + N + negatives, D]
        var states = _model.Encode(rows.narrow(0, 0, inputs).view(batch.Rows, batch.Steps, -1)).flatten(0, 1);
        if (N != inputs) states = states.index_select(0, tensor(real));                 // [N, D]
        var positives = (states * rows.narrow(0, inputs, N)).sum(dim: 1, keepdim: true); // [N, 1]
        var negatives = states.matmul(rows.narrow(0, inputs + N, _options.Negatives).t()); // [N, negatives]
        var all = tensor(ids);
        var isTarget = all.narrow(0, inputs, N).unsqueeze(1) == all.narrow(0, inputs + N, _options.Negatives).unsqueeze(0);
        var weighted = negatives + Math.Log((double)_model.ItemCount / _options.Negatives);
        var logits = cat([positives, weighted.masked_fill(isTarget, float.NegativeInfinity)], dim: 1);
        return (logits.logsumexp(1) - positives.squeeze(1)).mean().MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10, full ranking.</summary>
    public double? Validate() =>
        _validation is null ? null : new RankingMetrics(FullRanking.Ranks(_model, _validation, _options.MaskSeen)).Ndcg(10);

    private static long[] RealPlaces(SequenceBatch batch)
    {
        var places = new long[batch.Tokens];
        var n = 0;
        for (var i = 0; i < batch.Targets.Length; i++)
        {
            if (batch.Targets[i] != 0) places[n++] = i;
        }

        return places;
    }
}
