using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Metrics;
using Tandem.Learning.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Codes.Network;

/// <summary>
/// Predicts the codes of the next item at every step of a sequence. The loss is the mean over targets and levels of −log p(code), in nats:
/// ln K is chance.
/// </summary>
internal sealed class ParallelTask : ITrainingTask<SequenceBatch>
{
    private const double MaxPadding = 0.02; // of a batch

    private readonly ParallelModel[] _models;
    private readonly CodeLossOptions _options;
    private readonly int _seed;
    private readonly TokenBudgetBatches _batches;
    private readonly RankedCases? _validation;

    /// <param name="replicas">Networks are <see cref="ParallelModel"/>s.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="seed">Of the batches.</param>
    /// <param name="sequences">What is learned from each user.</param>
    /// <param name="validation">Cases to rank; null to hold nothing out.</param>
    public ParallelTask(
        IReadOnlyList<Replica> replicas, CodeLossOptions options, int seed, TrainingSequences sequences, RankedCases? validation)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (Replicas, _options, _seed, _validation) = (replicas, options, seed, validation);
        _models = [.. replicas.Select(r => (ParallelModel)r.Network)];
        var window = _models[0].Backbone.Window;
        _batches = new(sequences, new()
        {
            Window = window,
            TokenBudget = Math.Max(options.TokenBudget, window),
            MaxPadding = MaxPadding,
            KeepOlderChunks = options.KeepOlderEvents,
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SequenceBatch> BeginEpoch(int epoch) => _batches.Epoch(_seed, epoch);

    /// <inheritdoc/>
    public Tensor Loss(SequenceBatch batch, int replica)
    {
        var model = _models[replica];
        using var scope = NewDisposeScope();
        var real = BatchPlaces.Real(batch);
        var items = model.Items(Array.ConvertAll(batch.Inputs, item => (long)item)).view(batch.Rows, batch.Steps, -1);
        var states = model.Backbone.Mix(items, BatchPlaces.Features(batch, model.Backbone, items.device)).flatten(0, 1);
        if (real.Length != batch.Inputs.Length) states = states.index_select(0, tensor(real));
        return model.Loss(states, Codes(model.Codes, batch, real), _options.BrainFloat).MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10, full ranking.</summary>
    public double? Validate()
    {
        if (_validation is null) return null;
        using var scorer = new ParallelScorer(_models[0], _options.InitialPopularityWeight);
        return new RankingMetrics(FullRanking.Ranks(scorer, _validation, _options.MaskSeen)).Ndcg(10);
    }

    /// <summary>[L × N] codes of the targets, level by level.</summary>
    private static int[] Codes(ItemCodes codes, SequenceBatch batch, long[] real)
    {
        var targets = new int[codes.Levels * real.Length];
        for (var i = 0; i < real.Length; i++)
        {
            var own = codes[batch.Targets[real[i]]];
            for (var level = 0; level < own.Length; level++) targets[level * real.Length + i] = own[level];
        }

        return targets;
    }
}
