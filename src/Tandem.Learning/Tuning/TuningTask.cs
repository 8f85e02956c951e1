using Tandem.Data;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Tuning;

/// <summary>
/// What an open language model is taught: whole histories at once where it can read them so, and instructions. Codes of items are
/// predicted among those that lead to items, texts among all tokens.
/// </summary>
internal sealed class TuningTask : ITrainingTask<TuningBatch>
{
    private readonly LanguageRecipe _recipe;
    private readonly WrittenItems _items;
    private readonly Instructions _instructions;
    private readonly TrainingSequences _sequences;
    private readonly ItemTrie _trie;
    private readonly NextCodeTask? _histories;
    private readonly ListValidation? _validation;
    private readonly bool _hasEncoder;

    /// <param name="replicas">Networks are <see cref="TunedModel"/>s.</param>
    /// <param name="recipe">What is taught.</param>
    /// <param name="items">As they are written.</param>
    /// <param name="instructions">Words around them.</param>
    /// <param name="sequences">What is learned from each user.</param>
    /// <param name="validation">Cases to make lists for; null to hold nothing out.</param>
    public TuningTask(
        IReadOnlyList<Replica> replicas, LanguageRecipe recipe, WrittenItems items, Instructions instructions,
        TrainingSequences sequences, RankedCases? validation)
    {
        (Replicas, _recipe, _items, _instructions, _sequences) = (replicas, recipe, items, instructions, sequences);
        var first = (TunedModel)replicas[0].Network;
        _hasEncoder = first.Checkpoint.HasEncoder;
        _trie = new(items.Tokens, sequences.CountByItem());
        if (TeachesWhole)
        {
            _histories = new(
                [.. replicas.Select(r => (ICausalModel)((TunedModel)r.Network).Model)], items.Tokens, recipe.Window, recipe.ItemBudget,
                recipe.Training.Seed, sequences);
        }

        if (validation is null) return;
        var search = new ItemSearch(
            first.Model, _trie, recipe.Window, beams: recipe.Lists.ValidationBeams,
            prompt: TuningPrompt.Of(recipe, instructions, _hasEncoder));
        _validation = new(search, validation, recipe.Lists.MaskSeen);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>Whether all items of a history are predicted at once.</summary>
    private bool TeachesWhole => _recipe.AsksByHistory && !_hasEncoder && _items.Added > 0;

    /// <inheritdoc/>
    public IReadOnlyList<TuningBatch> BeginEpoch(int epoch)
    {
        foreach (var replica in Replicas) ((TunedModel)replica.Network).SetMode(isTraining: true);
        var random = NamedSeed.Create(_recipe.Training.Seed, "instructions", epoch);
        var batches = TuningBatch.Of([.. Drawn(random)], _recipe.TokenBudget, random).ToList();
        if (_histories is not null) batches.AddRange(_histories.BeginEpoch(epoch).Select(batch => new TuningBatch(null, batch)));
        var order = batches.ToArray();
        random.Shuffle(order);
        return order;
    }

    /// <inheritdoc/>
    public Tensor Loss(TuningBatch batch, int replica)
    {
        if (batch.Histories is { } histories) return _histories!.Loss(histories, replica);
        using var scope = NewDisposeScope();
        var model = ((TunedModel)Replicas[replica].Network).Model;
        var instructions = batch.Instructions!;
        var states = model is T5 t5 ? Written(t5, instructions) : Written((ICausalModel)model, instructions); // [B, T, D]
        var loss = instructions[0].Item > 0
            ? CodeLoss.Of(model, _trie, states, [.. instructions.Select(one => one.Item)])
            : TextLoss(model, states, instructions);
        return loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double? Validate()
    {
        if (_validation is null) return null;
        ((TunedModel)Replicas[0].Network).SetMode(isTraining: false);
        return _validation.Ndcg();
    }

    /// <summary>Some instructions of each user, and one of each title, in the order of users and items.</summary>
    private IEnumerable<Instruction> Drawn(Random random)
    {
        foreach (var kind in _recipe.Taught.Where(kind => kind != InstructionKind.Titles))
        {
            if (kind == InstructionKind.History && TeachesWhole) continue;
            for (var user = 0; user < _sequences.Count; user++)
            {
                var events = _sequences[user].Items;
                for (var i = 0; i < _recipe.PerUser && events.Length > 1; i++)
                {
                    var place = random.Next(1, events.Length);
                    int[] history = [.. events.Span[Math.Max(0, place - _recipe.Window)..place]];
                    yield return _instructions.Of(kind, history, events.Span[place], _hasEncoder, random);
                }
            }
        }

        if (!_recipe.Taught.Contains(InstructionKind.Titles)) yield break;
        for (var item = 1; item <= _sequences.Items; item++)
        {
            if (_instructions.Title(item, random) is { } title) yield return title;
        }
    }

    /// <summary>[B, T, D]: the states before each token of the answers, an encoder having read the questions.</summary>
    private static Tensor Written(T5 model, IReadOnlyList<Instruction> instructions)
    {
        var (read, isText) = PromptBatch.Of([.. instructions.Select(one => one.Read)]);
        var (rows, steps) = (instructions.Count, instructions.Max(one => one.Written.Length));
        var written = new long[rows * steps];
        for (var row = 0; row < rows; row++)
        {
            written[row * steps] = model.StartToken;
            for (var i = 1; i < instructions[row].Written.Length; i++) written[row * steps + i] = instructions[row].Written[i - 1];
        }

        return model.States(read, isText, tensor(written, rows, steps));
    }

    /// <summary>The same, question and answer being one text.</summary>
    private static Tensor Written(ICausalModel model, IReadOnlyList<Instruction> instructions)
    {
        var (rows, steps) = (instructions.Count, instructions.Max(one => one.Written.Length));
        var length = instructions.Max(one => one.Read.Length + one.Written.Length);
        var (tokens, places) = (new long[rows * length], new long[rows * steps]);
        for (var row = 0; row < rows; row++)
        {
            var (read, answer) = (instructions[row].Read, instructions[row].Written);
            for (var i = 0; i < read.Length; i++) tokens[row * length + i] = read[i];
            for (var i = 0; i < answer.Length; i++)
            {
                tokens[row * length + read.Length + i] = answer[i];
                places[row * steps + i] = row * length + read.Length - 1 + i;
            }
        }

        // Padding stands behind the texts, where nothing sees it.
        var states = model.Encode(tensor(tokens, rows, length));
        return TensorRows.Of(states.view(rows * length, -1), tensor(places, device: states.device)).view(rows, steps, -1);
    }

    /// <summary>The mean over the tokens of all answers. What stands behind shorter ones is not asked for: V logits each.</summary>
    private static Tensor TextLoss(ILanguageModel model, Tensor states, IReadOnlyList<Instruction> instructions)
    {
        var steps = (int)states.shape[1];
        var (targets, places) = (new List<long>(), new List<long>());
        for (var row = 0; row < instructions.Count; row++)
        {
            var answer = instructions[row].Written;
            targets.AddRange(answer.Select(token => (long)token));
            places.AddRange(Enumerable.Range(row * steps, answer.Length).Select(place => (long)place));
        }

        var asked = TensorRows.Of(states.flatten(0, 1), tensor(places, device: states.device)); // [N, D]
        var logits = TypedProduct.InType(model.Logits(asked, new(0, model.Vocabulary)), ScalarType.Float32);
        return nn.functional.cross_entropy(logits, tensor(targets, device: states.device));
    }
}
