using System.Runtime.InteropServices;
using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Data.Metrics;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Language;
using Tandem.Learning.Layers;
using Tandem.Protocol.Messages;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Predicts every code of every item of a sequence from the codes before it, among the codes that lead to items. The loss is
/// −log p(item | history), the sum over an item's levels, in nats: ln V is chance.
/// </summary>
public sealed class NextCodeTask : ITrainingTask<SequenceBatch>
{
    private const int Unscored = -100; // the ignored index of torch's cross-entropy

    private readonly Llama[] _models;
    private readonly SemanticIds _ids;
    private readonly ItemTrie _trie;
    private readonly int _seed;
    private readonly int _window;
    private readonly TokenBudgetBatches _batches;
    private readonly RankedCases? _validation;

    /// <param name="replicas">Networks are <see cref="Llama"/>s.</param>
    /// <param name="ids">Of the items.</param>
    /// <param name="window">Longest history, in items.</param>
    /// <param name="itemBudget">Most items of a batch, padding included; a batch has L times as many tokens.</param>
    /// <param name="seed">Of the batches.</param>
    /// <param name="sequences">What is learned from each user.</param>
    /// <param name="validation">Cases to make lists for; null to hold nothing out.</param>
    public NextCodeTask(
        IReadOnlyList<Replica> replicas, SemanticIds ids, int window, int itemBudget, int seed,
        TrainingSequences sequences, RankedCases? validation)
    {
        (Replicas, _ids, _seed, _window, _validation) = (replicas, ids, seed, window, validation);
        _models = [.. replicas.Select(r => (Llama)r.Network)];
        _trie = new ItemTrie(ids);
        _batches = new(sequences, new() { Window = window, TokenBudget = Math.Max(itemBudget, window) });
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
        var (B, T, L) = (batch.Rows, batch.Steps + 1, _ids.Levels);
        var items = Items(batch);                                                       // [B × T], 0 = padding
        var (tokens, codes) = (new long[B * T * L], new long[L][]);
        for (var level = 0; level < L; level++) codes[level] = new long[B * T];
        for (var i = 0; i < items.Length; i++)
        {
            for (var level = 0; level < L; level++)
            {
                codes[level][i] = items[i] == 0 ? Unscored : _ids.Codes(items[i])[level];
                // Shifted right by one: the start token takes the first place, the last code of a row predicts nothing.
                var place = i * L + level + 1;
                if (items[i] != 0 && place % (T * L) != 0) tokens[place] = _ids.Token(level, (int)codes[level][i]);
            }
        }

        var states = model.Encode(tensor(tokens, B, T * L)).view(B * T, L, -1);
        var loss = zeros(1);
        for (var level = 0; level < L; level++)
        {
            var logits = model.Logits(states.select(1, level), level).Plus(Choices(items, level)); // [B × T, K]
            loss = loss.Plus(nn.functional.cross_entropy(logits, tensor(codes[level]), ignore_index: Unscored));
        }

        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>NDCG@10 of ten-item lists for the held-out users, items of the history left out.</summary>
    public double? Validate()
    {
        if (_validation is null) return null;
        var generator = new GenerativeCandidates(_models[0], _ids, "", "", _window);
        var requests = Enumerable.Range(0, _validation.Count)
            .Select(i => new CandidateRequest { CatalogVersion = "", History = _validation.History(i).Items.ToArray(), Count = 10 }).ToArray();
        var lists = generator.Generate(requests);
        var ranks = lists.Select((list, i) => Rank(list, _validation.Target(i)));
        return new RankingMetrics(ranks).Ndcg(10);
    }

    /// <summary>[B × T, K]: 0 for codes that continue an item's prefix at this level, −∞ for all others.</summary>
    private Tensor Choices(int[] items, int level)
    {
        var size = _ids.CodebookSize;
        var mask = empty(items.Length, size);
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        values.Fill(float.NegativeInfinity);
        for (var i = 0; i < items.Length; i++)
        {
            // Padding is not scored, but its softmax must stay finite.
            var (start, end) = _trie.Children(items[i] == 0 ? ItemTrie.Root : _trie.Prefix(items[i], level));
            for (var child = start; child < end; child++) values[i * size + _trie.Code(child)] = 0;
        }

        return mask;
    }

    private static double Rank(CandidateList list, int target)
    {
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] == target) return i + 1;
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
