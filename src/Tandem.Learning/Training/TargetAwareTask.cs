using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Predicts one target from each history by a model that reads the history anew for every target. The loss is that of
/// <see cref="NextItemTask"/>: sampled softmax with logQ correction over the target and the batch's n shared negatives, or BCE over the
/// target and n negatives of its own. A negative that equals the target is left out.
/// </summary>
/// <remarks>A sequence of n items gives n − 1 rows, one for each prefix and the item that follows it.</remarks>
public sealed class TargetAwareTask : ITrainingTask<SequenceBatch>
{
    private const double MaxPadding = 0.1; // of small batches: a step costs more than a few empty places

    private readonly Din[] _models;
    private readonly TargetAwareOptions _options;
    private readonly int _seed;
    private readonly TokenBudgetBatches _batches;
    private readonly RankedCases? _validation;
    private Random[] _negatives = [];

    /// <param name="replicas">Networks are <see cref="Din"/>s.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="seed">Of batches, negatives and validation cases.</param>
    /// <param name="sequences">What is learned from each user.</param>
    /// <param name="validation">Cases to rank; null to hold nothing out.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public TargetAwareTask(
        IReadOnlyList<Replica> replicas, TargetAwareOptions options, int seed,
        TrainingSequences sequences, RankedCases? validation)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (Replicas, _options, _seed) = (replicas, options, seed);
        _models = [.. replicas.Select(r => (Din)r.Network)];
        var window = _models[0].Window;
        var ends = Enumerable.Range(0, sequences.Count).SelectMany(user => Ends(user, sequences[user].Length)).ToArray();
        var prefixes = new TrainingSequences(sequences.Items, ends.Length, i => sequences[ends[i].User].First(ends[i].Target + 1));
        _batches = new(prefixes, new()
        {
            Window = window,
            TokenBudget = Math.Max(options.TokenBudget, window),
            MaxPadding = MaxPadding,
            KeepOlderChunks = false, // older targets are rows of their own
        });
        _validation = validation is null ? null : Draw(validation);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SequenceBatch> BeginEpoch(int epoch)
    {
        _negatives = [.. _models.Select((_, replica) => NamedSeed.Create(_seed, "negatives", epoch, replica))];
        return _batches.Epoch(_seed, epoch);
    }

    /// <summary>Mean loss over the last target of each row, and what the model's source of weights adds to it.</summary>
    public Tensor Loss(SequenceBatch batch, int replica)
    {
        var (model, random) = (_models[replica], _negatives[replica]);
        using var scope = NewDisposeScope();
        var (inputs, B, n) = (batch.Inputs.Length, batch.Rows, _options.Negatives);
        var sets = _options.Kind == NextItemLoss.Bce ? B : 1;                           // of negatives: one a target, or one for all
        var (ids, mask) = (new long[inputs + B + sets * n], new float[inputs]);
        for (var i = 0; i < inputs; i++) (ids[i], mask[i]) = (batch.Inputs[i], batch.Inputs[i] == 0 ? 0 : 1);
        for (var row = 0; row < B; row++) ids[inputs + row] = LastTarget(batch, row);
        for (var i = inputs + B; i < ids.Length; i++) ids[i] = random.Next(1, model.ItemCount + 1);

        var rows = model.Items.Gather(ids);                                            // one gather of all
        var history = rows.narrow(0, 0, inputs).view(B, batch.Steps, -1);
        var others = rows.narrow(0, inputs + B, sets * n).view(sets, n, -1).expand(B, n, -1);
        var targets = cat([rows.narrow(0, inputs, B).unsqueeze(1), others], dim: 1);    // [B, 1 + n, D]
        var scores = model.Score(history, tensor(mask, B, batch.Steps), targets, model.Numbers(history, ids[..inputs]));
        var (positives, negatives) = (scores.narrow(1, 0, 1), scores.narrow(1, 1, n));
        var all = tensor(ids);
        var isTarget = all.narrow(0, inputs, B).unsqueeze(1) == all.narrow(0, inputs + B, sets * n).view(sets, n);
        var loss = _options.Kind == NextItemLoss.Bce
            ? NextItemLosses.BinaryCrossEntropy(positives, negatives, isTarget, beta: 1)
            : SampledSoftmax(positives, negatives.Plus(Math.Log((double)model.ItemCount / n)), isTarget);
        if (model.Parameters?.Penalty is { } penalty) loss = loss.Plus(penalty);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10, full ranking, of at most <see cref="TargetAwareOptions.ValidationCases"/> cases.</summary>
    public double? Validate() => _validation is null
        ? null
        : new RankingMetrics(FullRanking.Ranks(new DinScorer(_models[0]), _validation, _options.MaskSeen)).Ndcg(10);

    /// <param name="positives">[B, 1].</param>
    /// <param name="weighted">[B, n] scores of the negatives, log V / n added.</param>
    /// <param name="isTarget">[B, n].</param>
    private static Tensor SampledSoftmax(Tensor positives, Tensor weighted, Tensor isTarget)
    {
        var logits = cat([positives, weighted.masked_fill(isTarget, NegativeInfinity)], dim: 1);
        return (logits.logsumexp(1) - positives.squeeze(1)).mean();
    }

    private IEnumerable<(int User, int Target)> Ends(int user, int length)
    {
        for (var target = Math.Max(1, length - _options.TargetsPerSequence); target < length; target++) yield return (user, target);
    }

    private RankedCases Draw(RankedCases validation)
    {
        var cases = Enumerable.Range(0, validation.Count).ToArray();
        NamedSeed.Create(_seed, "validation cases").Shuffle(cases);
        return new(Math.Min(cases.Length, _options.ValidationCases), i => validation.History(cases[i]), i => validation.Target(cases[i]));
    }

    private static int LastTarget(SequenceBatch batch, int row)
    {
        var targets = batch.Targets.AsSpan(row * batch.Steps, batch.Steps);
        return targets[targets.LastIndexOfAnyExcept(0)];
    }
}
