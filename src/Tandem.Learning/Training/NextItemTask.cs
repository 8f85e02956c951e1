using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>Predicts the next item at every step of a sequence, by one of the <see cref="NextItemLoss"/>es over shared negatives.</summary>
public sealed class NextItemTask : ITrainingTask<SequenceBatch>
{
    private const double MaxPadding = 0.1; // of small batches: a step costs more than a few empty places

    private readonly SequenceModel[] _models;
    private readonly NextItemOptions _options;
    private readonly int _seed;
    private readonly TokenBudgetBatches _batches;
    private readonly RankedCases? _validation;
    private readonly NegativeSampler _sampler;
    private readonly TeacherKnowledge? _teacher;
    private Random[] _negatives = [];

    /// <param name="replicas">Networks are <see cref="SequenceModel"/>s.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="seed">Of batches and negatives.</param>
    /// <param name="sequences">What is learned from each user.</param>
    /// <param name="validation">Cases to rank; null to hold nothing out.</param>
    /// <param name="teacher">What is learned beside the data; null, the default, for nothing.</param>
    /// <exception cref="ArgumentException">
    /// The options have faults, of which the message lists all; or the teacher was asked for other sequences, or there are no negatives
    /// that a step's targets share.
    /// </exception>
    public NextItemTask(
        IReadOnlyList<Replica> replicas, NextItemOptions options, int seed,
        TrainingSequences sequences, RankedCases? validation, TeacherKnowledge? teacher = null)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        if (teacher is not null && FaultOf(teacher, options, sequences) is { } fault) throw new ArgumentException(fault, nameof(teacher));
        _teacher = teacher is { Options.EffectiveWeight: > 0 } ? teacher : null;
        (Replicas, _options, _seed, _validation) = (replicas, options, seed, validation);
        _models = [.. replicas.Select(r => (SequenceModel)r.Network)];
        var window = _models[0].Backbone.Window;
        _batches = new(sequences, new()
        {
            Window = window,
            TokenBudget = Math.Max(options.TokenBudget, window),
            MaxPadding = MaxPadding,
            KeepOlderChunks = options.KeepOlderEvents,
            RandomStart = options.RandomStart,
        });
        var counts = options.PopularityExponent == 0 ? [] : sequences.CountByItem();
        _sampler = new(_models[0].ItemCount, options.PopularityExponent, counts);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SequenceBatch> BeginEpoch(int epoch)
    {
        _negatives = [.. _models.Select((_, replica) => NamedSeed.Create(_seed, "negatives", epoch, replica))];
        return _batches.Epoch(_seed, epoch);
    }

    /// <inheritdoc/>
    public Tensor Loss(SequenceBatch batch, int replica)
    {
        using var scope = NewDisposeScope();
        var loss = _options.Kind == NextItemLoss.FullSoftmax
            ? FullSoftmax(_models[replica], batch)
            : Sampled(_models[replica], batch, _negatives[replica]);
        if (_models[replica].Parameters?.Penalty is { } penalty) loss = loss.Plus(penalty);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10, full ranking.</summary>
    public double? Validate()
    {
        if (_validation is null) return null;
        using var scorer = new SequenceScorer(_models[0]);
        return new RankingMetrics(FullRanking.Ranks(scorer, _validation, _options.MaskSeen)).Ndcg(10);
    }

    private static string? FaultOf(TeacherKnowledge teacher, NextItemOptions options, TrainingSequences sequences) =>
        !options.HasSharedNegatives ? "distillation needs negatives that a step's targets share; set loss.kind to sampledSoftmax"
            : teacher.Places.Hash != sequences.Hash ? "the teacher was asked for other sequences than these; ask it for what is trained on"
            : null;

    private Tensor Sampled(SequenceModel model, SequenceBatch batch, Random random)
    {
        var (inputs, N, n) = (batch.Inputs.Length, batch.Tokens, _options.Negatives);
        var drawn = _options.ShareNegatives ? n : N * n;
        var real = BatchPlaces.Real(batch);
        var (ids, logExpected) = (new long[inputs + N + drawn], new float[drawn]);
        for (var i = 0; i < inputs; i++) ids[i] = batch.Inputs[i];
        for (var i = 0; i < N; i++) ids[inputs + i] = batch.Targets[real[i]];
        _sampler.Draw(random, ids.AsSpan(inputs + N), logExpected);

        var rows = model.Rows(ids);                                                         // one gather: [inputs + N + drawn, D]
        var states = States(model, batch, rows.narrow(0, 0, inputs), real);                 // [N, D]
        var loss = OfCandidates(states, rows.narrow(0, inputs, N + drawn), ids.AsMemory(inputs), logExpected, model.ItemCount);
        return _teacher is null
            ? loss
            : loss.Plus(_teacher.Loss(new(model, batch, real, states, rows.narrow(0, inputs, N + n), ids.AsMemory(inputs), logExpected))
                .Times(_teacher.Options.EffectiveWeight));
    }

    /// <summary>The loss of the targets.</summary>
    /// <param name="states">[N, D].</param>
    /// <param name="rows">[N + n, D] of targets and negatives; [N + N n, D] where each target has negatives of its own.</param>
    /// <param name="ids">Their items.</param>
    /// <param name="logExpected">log(n q) of the negatives.</param>
    /// <param name="items">V.</param>
    private Tensor OfCandidates(Tensor states, Tensor rows, ReadOnlyMemory<long> ids, float[] logExpected, int items)
    {
        if (_options.Kind == NextItemLoss.SampledSoftmax)
            return SampledSoftmax.Loss(states, rows, ids.Span, logExpected, _options.BrainFloat);
        var (N, n, drawn) = ((int)states.shape[0], _options.Negatives, logExpected.Length);
        var positives = (states * rows.narrow(0, 0, N)).sum(dim: 1, keepdim: true);         // [N, 1]
        var others = rows.narrow(0, N, drawn);
        var negatives = _options.ShareNegatives                                             // [N, n]
            ? states.matmul(others.t())
            : others.view(N, n, -1).matmul(states.unsqueeze(2)).squeeze(2);
        var all = tensor(ids.ToArray(), device: states.device);
        var isTarget = all.narrow(0, 0, N).unsqueeze(1) == all.narrow(0, N, drawn).view(_options.ShareNegatives ? 1 : N, n);
        return _options.Kind switch
        {
            NextItemLoss.Bpr => NextItemLosses.Bpr(positives, negatives, isTarget),
            var kind => NextItemLosses.BinaryCrossEntropy(
                positives, negatives, isTarget,
                kind == NextItemLoss.Bce ? 1 : NextItemLosses.Beta(_options.Calibration, n, items)),
        };
    }

    private Tensor FullSoftmax(SequenceModel model, SequenceBatch batch)
    {
        var real = BatchPlaces.Real(batch);
        var ids = new long[model.ItemCount + 1];
        for (var i = 0; i < ids.Length; i++) ids[i] = i;
        var table = model.Rows(ids);                                                        // [V + 1, D]
        var inputs = tensor(Array.ConvertAll(batch.Inputs, i => (long)i), device: table.device);
        var targets = tensor(Array.ConvertAll(real, place => (long)batch.Targets[place] - 1), device: table.device);
        var states = States(model, batch, table.index_select(0, inputs), real);
        return NextItemLosses.FullSoftmax(states.matmul(table.narrow(0, 1, model.ItemCount).t()), targets);
    }

    /// <summary>[N, D] states of the real places, divided by the temperature: scores are inner products with them.</summary>
    private Tensor States(SequenceModel model, SequenceBatch batch, Tensor embedded, long[] real)
    {
        var features = model.Known(
            BatchPlaces.Features(batch, model.Backbone, embedded.device), Array.ConvertAll(batch.Inputs, i => (long)i), batch.Steps);
        var states = model.Encode(embedded.view(batch.Rows, batch.Steps, -1), features).flatten(0, 1);
        if (real.Length != batch.Inputs.Length) states = states.index_select(0, tensor(real, device: states.device));
        return _options.Temperature == 1 ? states : states.DividedBy(_options.Temperature);
    }
}
