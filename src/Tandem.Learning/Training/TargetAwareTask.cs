using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Predicts one target from each history by a model that reads the history anew for every target. The loss is that of
/// <see cref="NextItemTask"/>: sampled softmax with logQ correction over the target and the batch's n shared negatives. A negative
/// that equals the target is left out.
/// </summary>
/// <remarks>A sequence of n items gives n − 1 rows, one for each prefix and the item that follows it.</remarks>
public sealed class TargetAwareTask : ITrainingTask
{
    private const double MaxPadding = 0.1; // of small batches: a step costs more than a few empty places
    private const int TileUsers = 32;      // × 12,000 items × 4 B = 1.5 MB of scores

    private readonly Din _model;
    private readonly TargetAwareOptions _options;
    private readonly int _seed;
    private readonly TokenBudgetBatches _batches;
    private readonly RankedUsers? _validation;
    private Random _negatives = null!;

    /// <param name="model">The recommender.</param>
    /// <param name="noise">Of the model's dropouts.</param>
    /// <param name="options">Checked by the caller.</param>
    /// <param name="seed">Of batches, negatives and validation users.</param>
    /// <param name="sequences">Number of training sequences.</param>
    /// <param name="sequence">The training sequence of each user.</param>
    /// <param name="validation">Users to rank for; null to hold nothing out.</param>
    public TargetAwareTask(
        Din model, Noise noise, TargetAwareOptions options, int seed,
        int sequences, Func<int, ReadOnlySpan<int>> sequence, RankedUsers? validation)
    {
        (_model, Noise, _options, _seed) = (model, noise, options, seed);
        var ends = Enumerable.Range(0, sequences).SelectMany(user => Ends(user, sequence(user).Length)).ToArray();
        _batches = new(ends.Length, i => sequence(ends[i].User)[..(ends[i].Target + 1)], new()
        {
            Window = model.Window,
            TokenBudget = Math.Max(options.TokenBudget, model.Window),
            MaxPadding = MaxPadding,
            KeepOlderChunks = false, // older targets are rows of their own
        });
        _validation = validation is null ? null : validation with { Users = Drawn(validation) };
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

    /// <summary>Mean loss over the last target of each row.</summary>
    public Tensor Loss(SequenceBatch batch)
    {
        using var scope = NewDisposeScope();
        var (inputs, B, n) = (batch.Inputs.Length, batch.Rows, _options.Negatives);
        var (ids, mask) = (new long[inputs + B + n], new float[inputs]);
        for (var i = 0; i < inputs; i++) (ids[i], mask[i]) = (batch.Inputs[i], batch.Inputs[i] == 0 ? 0 : 1);
        for (var row = 0; row < B; row++) ids[inputs + row] = LastTarget(batch, row);
        for (var i = inputs + B; i < ids.Length; i++) ids[i] = _negatives.Next(1, _model.ItemCount + 1);

        var rows = _model.Items.Gather(ids);                                            // one gather: [inputs + B + n, D]
        var shared = rows.narrow(0, inputs + B, n).unsqueeze(0).expand(B, n, -1);
        var targets = cat([rows.narrow(0, inputs, B).unsqueeze(1), shared], dim: 1);    // [B, 1 + n, D]
        var scores = _model.Score(rows.narrow(0, 0, inputs).view(B, batch.Steps, -1), tensor(mask, B, batch.Steps), targets);
        var (positives, negatives) = (scores.narrow(1, 0, 1), scores.narrow(1, 1, n));
        var all = tensor(ids);
        var isTarget = all.narrow(0, inputs, B).unsqueeze(1) == all.narrow(0, inputs + B, n).unsqueeze(0);
        var weighted = negatives + Math.Log((double)_model.ItemCount / n);
        var logits = cat([positives, weighted.masked_fill(isTarget, float.NegativeInfinity)], dim: 1);
        return (logits.logsumexp(1) - positives.squeeze(1)).mean().MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10, full ranking, of at most <see cref="TargetAwareOptions.ValidationUsers"/> users.</summary>
    public double? Validate()
    {
        if (_validation is null) return null;
        var (scorer, width) = (new DinScorer(_model), _model.ItemCount + 1);
        var (scores, ranks) = (new float[TileUsers * width], new List<double>());
        foreach (var tile in _validation.Users.Chunk(TileUsers))
        {
            scorer.Score(tile.Select(user => new History(_validation.History(user).ToArray(), default)).ToArray(), scores);
            for (var row = 0; row < tile.Length; row++) ranks.Add(Rank(scores.AsSpan(row * width, width), tile[row]));
        }

        return new RankingMetrics(ranks).Ndcg(10);
    }

    private double Rank(Span<float> scores, int user)
    {
        scores[0] = float.NegativeInfinity;
        if (_options.MaskSeen)
        {
            foreach (var item in _validation!.History(user)) scores[item] = float.NegativeInfinity;
        }

        return Ranking.Rank(scores, _validation!.Target(user));
    }

    private IEnumerable<(int User, int Target)> Ends(int user, int length)
    {
        for (var target = Math.Max(1, length - _options.TargetsPerSequence); target < length; target++) yield return (user, target);
    }

    /// <summary>Users of like history lengths lie together, so that a tile has little padding.</summary>
    private int[] Drawn(RankedUsers validation)
    {
        var users = validation.Users.ToArray();
        NamedSeed.Create(_seed, "validation users").Shuffle(users);
        return [.. users.Take(_options.ValidationUsers).OrderBy(user => validation.History(user).Length)];
    }

    private static int LastTarget(SequenceBatch batch, int row)
    {
        var targets = batch.Targets.AsSpan(row * batch.Steps, batch.Steps);
        return targets[targets.LastIndexOfAnyExcept(0)];
    }
}
