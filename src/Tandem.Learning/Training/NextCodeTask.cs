using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Metrics;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Predicts every code of every item of a sequence from the codes before it, among the codes that lead to items. The loss is
/// −log p(item | history), the sum over an item's levels, in nats: ln V is chance.
/// </summary>
/// <remarks>
/// Every item has L tokens, so a place tells which level comes next. In training and in search alike the softmax runs over the codes
/// that continue the prefix to a real item, so the probabilities of all items sum to 1 and none of the model is spent on learning
/// which code sequences exist. Levels that are not learned (<see cref="ItemTokens.Learned"/>) are neither read nor predicted.
/// </remarks>
public sealed class NextCodeTask : ITrainingTask<SequenceBatch>
{
    private const int ListLength = 10; // of the lists that validate
    private const double MaxPadding = 0.02; // of a batch

    private readonly ICausalModel[] _models;
    private readonly ItemTokens _tokens;
    private readonly ItemTrie _trie;
    private readonly int _seed;
    private readonly int _window;
    private readonly TokenBudgetBatches _batches;
    private readonly RankedCases? _validation;
    private readonly int _beams;
    private readonly bool _maskSeen;

    /// <param name="replicas">Networks are <see cref="ICausalModel"/>s.</param>
    /// <param name="tokens">Of the items, the same number for each.</param>
    /// <param name="window">Longest history, in items.</param>
    /// <param name="itemBudget">Most items of a batch, padding included; a batch has L times as many tokens.</param>
    /// <param name="seed">Of the batches.</param>
    /// <param name="sequences">What is learned from each user.</param>
    /// <param name="validation">Cases to make lists for; null to hold nothing out.</param>
    /// <param name="beams">Fewest beams of a list that validates. Default 1: as many as it has items.</param>
    /// <param name="maskSeen">True to leave items of the history out when validating. Default true.</param>
    /// <exception cref="ArgumentException">Items have different numbers of tokens.</exception>
    public NextCodeTask(
        IReadOnlyList<Replica> replicas, ItemTokens tokens, int window, int itemBudget, int seed,
        TrainingSequences sequences, RankedCases? validation, int beams = 1, bool maskSeen = true)
    {
        if (!tokens.HaveOneLength)
            throw new ArgumentException("items have different numbers of tokens; expected one for all", nameof(tokens));
        (Replicas, _tokens, _seed, _window, _validation) = (replicas, tokens, seed, window, validation);
        _models = [.. replicas.Select(r => (ICausalModel)r.Network)];
        (_beams, _maskSeen) = (beams, maskSeen);
        _trie = new ItemTrie(tokens, sequences.CountByItem());
        _batches = new(sequences, new() { Window = window, TokenBudget = Math.Max(itemBudget, window), MaxPadding = MaxPadding });
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
        var (B, T, L) = (batch.Rows, batch.Steps + 1, _tokens.Learned);
        var items = Items(batch);                                                       // [B × T], 0 = padding
        var tokens = new long[B * T * L];
        Array.Fill(tokens, _tokens.Start);
        for (var i = 0; i < items.Length; i++)
        {
            for (var level = 0; level < L; level++)
            {
                // Shifted right by one: the start token takes the first place, the last code of a row predicts nothing.
                var place = i * L + level + 1;
                if (items[i] != 0 && place % (T * L) != 0) tokens[place] = _tokens.Of(items[i])[level];
            }
        }

        var states = model.Encode(tensor(tokens, B, T * L)).view(B * T, L, -1);
        var real = Enumerable.Range(0, items.Length).Where(i => items[i] != 0).Select(i => (long)i).ToArray();
        if (real.Length < items.Length) states = states.index_select(0, tensor(real));  // [N, L, D]
        items = Array.FindAll(items, item => item != 0);
        var loss = zeros(1);
        for (var level = 0; level < L; level++)
        {
            var range = _tokens.Range(level);
            var codes = Array.ConvertAll(items, item => (long)(_tokens.Of(item)[level] - range.First));
            var logits = model.Logits(states.select(1, level), range).Plus(Choices(items, level)); // [N, K]
            loss = loss.Plus(nn.functional.cross_entropy(logits, tensor(codes)));
        }

        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10 of ten-item lists for the held-out users.</summary>
    public double? Validate()
    {
        if (_validation is null) return null;
        Replicas[0].Network.eval();
        var histories = Enumerable.Range(0, _validation.Count).Select(i => _validation.History(i).Items.ToArray()).ToArray();
        var lists = new ItemSearch(_models[0], _trie, _window, beams: _beams)
            .Search(histories, [.. histories.Select(_ => ListLength)], _ => !_maskSeen, CancellationToken.None);
        return new RankingMetrics(lists.Select((list, i) => Rank(list, _validation.Target(i)))).Ndcg(ListLength);
    }

    /// <summary>[N, K]: 0 for codes that continue an item's prefix at this level, −∞ for all others.</summary>
    private Tensor Choices(int[] items, int level) =>
        TrieMask.Create(_trie, Array.ConvertAll(items, item => _trie.Prefix(item, level)), _tokens.Range(level));

    private static double Rank(IReadOnlyList<(int Item, float LogProbability)> list, int target)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Item == target) return i + 1;
        }

        return double.PositiveInfinity;
    }

    /// <summary>[B × (T + 1)]: each row's inputs followed by its last target.</summary>
    private static int[] Items(SequenceBatch batch)
    {
        var (T, items) = (batch.Steps, new int[batch.Rows * (batch.Steps + 1)]);
        for (var row = 0; row < batch.Rows; row++)
        {
            batch.Inputs.AsSpan(row * T, T).CopyTo(items.AsSpan(row * (T + 1)));
            var last = batch.Targets.AsSpan(row * T, T).LastIndexOfAnyExcept(0);
            items[row * (T + 1) + last + 1] = batch.Targets[row * T + last];
        }

        return items;
    }
}
