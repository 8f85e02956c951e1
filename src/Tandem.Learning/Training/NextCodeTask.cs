using Tandem.Data;
using Tandem.Data.Batches;
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
    private const double MaxPadding = 0.02; // of a batch

    private readonly IReadOnlyList<ICausalModel> _models;
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
        : this([.. replicas.Select(r => (ICausalModel)r.Network)], tokens, window, itemBudget, seed, sequences) =>
        (Replicas, _validation, _beams, _maskSeen) = (replicas, validation, beams, maskSeen);

    /// <summary>A part of another task, which knows the replicas.</summary>
    /// <param name="models">One for each replica.</param>
    /// <param name="tokens">Of the items, the same number for each.</param>
    /// <param name="window">Longest history, in items.</param>
    /// <param name="itemBudget">Most items of a batch.</param>
    /// <param name="seed">Of the batches.</param>
    /// <param name="sequences">What is learned from each user.</param>
    internal NextCodeTask(
        IReadOnlyList<ICausalModel> models, ItemTokens tokens, int window, int itemBudget, int seed, TrainingSequences sequences)
    {
        if (!tokens.HaveOneLength)
            throw new ArgumentException("items have different numbers of tokens; expected one for all", nameof(tokens));
        (_models, _tokens, _seed, _window, Replicas) = (models, tokens, seed, window, []);
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
        if (real.Length < items.Length) states = TensorRows.Of(states, tensor(real, device: states.device));  // [N, L, D]
        items = Array.FindAll(items, item => item != 0);
        return CodeLoss.Of(model, _trie, states, items).MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10 of ten-item lists for the held-out users.</summary>
    public double? Validate()
    {
        if (_validation is null) return null;
        Replicas[0].Network.eval();
        return new ListValidation(new(_models[0], _trie, _window, beams: _beams), _validation, _maskSeen).Ndcg();
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
