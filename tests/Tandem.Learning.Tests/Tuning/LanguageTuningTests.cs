using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Learning.Tuning;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Tuning;

/// <summary>A ring of items, each followed by the next, taught to tiny checkpoints.</summary>
public sealed class LanguageTuningTests : IDisposable
{
    private const int Items = 15;

    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 60, items: Items, minEvents: 4, maxEvents: 9);

    private static readonly ItemCodes _codes =
        new(2, 4, [.. Enumerable.Range(0, Items).SelectMany(i => new[] { (ushort)(i / 4), (ushort)(i % 4) })]);

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<bool, LowRankOptions?, ArithmeticKind> Kinds => new()
    {
        { false, null, ArithmeticKind.F32 },
        { false, new() { Rank = 4 }, ArithmeticKind.F32 },
        { false, null, ArithmeticKind.BF16 },
        { true, null, ArithmeticKind.F32 },
        { true, new() { Rank = 4 }, ArithmeticKind.BF16 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_checkpoint_learns_what_follows_what(bool isT5, LowRankOptions? lora, ArithmeticKind arithmetic)
    {
        var recipe = Recipe(isT5, epochs: lora is null || !isT5 ? 30 : 80) with { Lora = lora, Arithmetic = arithmetic };
        var (model, result) = Train(recipe, "learned");
        model.Dispose();
        Assert.InRange(result.BestValidation ?? 0, 0.6, 1); // .3 by chance
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_that_was_cut_off_goes_on_to_the_same_weights(bool isT5)
    {
        var recipe = Recipe(isT5, epochs: 3) with { Lora = new() { Rank = 2 }, Dropout = 0.1, Recompute = true };
        var whole = Weights(recipe, "whole", int.MaxValue);
        Weights(recipe, "cut", pauseAfter: 2);
        Assert.Equal(whole, Weights(recipe, "cut", int.MaxValue));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Items_in_words_are_told_apart_as_whole_words_where_that_is_asked_for(bool wholeWords)
    {
        var recipe = Named(epochs: 2) with { WholeWords = wholeWords };
        var whole = Weights(recipe, "whole", int.MaxValue);
        Weights(recipe, "cut", pauseAfter: 1);
        var (model, _) = Train(recipe, "cut");
        using (model)
        {
            Assert.Equal(whole, Values.Of(model));
            Assert.Equal(wholeWords, whole.TryGetValue("words", out var rows));
            if (rows is not null) Assert.Contains(rows, value => value != 0);
            model.Save(Directory.CreateDirectory(_folder["saved"]).FullName, recipe.Checkpoint!, new Dictionary<string, string>());
            var saved = new LanguageTuning(recipe with { Checkpoint = _folder["saved"] }, _data, codes: null);
            using var opened = saved.Open();
            Assert.Equal(Read(model.Checkpoint), Read(opened));
            using var plain = LanguageCheckpoint.Open(_folder["saved"]);
            if (wholeWords) Assert.NotEqual(Read(plain), Read(opened));
            else Assert.Equal(Read(plain), Read(opened));

            File.Delete(Path.Combine(_folder["saved"], "words.safetensors"));
            if (!wholeWords) return;
            var refused = Assert.Throws<SafetensorsException>(saved.Open);
            Assert.Contains("no such file", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Batches_one_after_the_other_are_as_batches_side_by_side()
    {
        var recipe = Recipe(isT5: false, epochs: 2) with { ItemBudget = 20, Dropout = 0 };
        var side = Weights(recipe with { Training = recipe.Training with { Replicas = 2 } }, "side", int.MaxValue);
        var after = Weights(recipe with { Training = recipe.Training with { Replicas = 1, Accumulate = 2 } }, "after", int.MaxValue);
        Assert.Equal(side.Keys, after.Keys);
        // Rounding alone differs: the order in which gradients are summed.
        foreach (var (name, weights) in side) Close.Row(weights, after[name], tolerance: 1e-3);
    }

    [Fact]
    public void Settings_with_faults_are_refused_with_all_of_them()
    {
        var faulty = Recipe(isT5: false, epochs: 1) with
        {
            Checkpoint = " ",
            Teach = [InstructionKind.Titles],
            Lora = new() { Rank = 0 },
            Dropout = 1,
        };
        var faults = string.Join("; ", faulty.Validate());
        foreach (var part in (string[])["--checkpoint", "history or sequential", "rank 0", "dropout 1"])
            Assert.Contains(part, faults, StringComparison.Ordinal);
    }

    private SortedDictionary<string, float[]> Weights(LanguageRecipe recipe, string run, int pauseAfter)
    {
        var (model, _) = Train(recipe, run, pauseAfter);
        using (model) return Values.Of(model);
    }

    private (TunedModel Model, TrainingResult Result) Train(LanguageRecipe recipe, string run, int pauseAfter = int.MaxValue) =>
        new LanguageTuning(recipe, _data, _codes).Train(
            _data.ButLast(), ToySequences.LastItems(_data), _folder[$"{run}.safetensors"], new OnProgress(_ => { }), pauseAfter,
            TestContext.Current.CancellationToken);

    private LanguageRecipe Named(int epochs) => Recipe(isT5: true, epochs) with
    {
        Checkpoint = TinyModels.T5OfBytes(_folder["bytes"]),
        Writing = ItemWriting.Names,
        Teach = [InstructionKind.Sequential],
        PerUser = 1,
    };

    /// <summary>Logits behind a text that names items.</summary>
    private static float[] Read(LanguageCheckpoint checkpoint)
    {
        var tokens = "after item_3 , item_12".Select(letter => letter == ' ' ? ' ' + 2 : letter + 2).ToArray();
        return checkpoint.Score(tokens)[0];
    }

    private LanguageRecipe Recipe(bool isT5, int epochs) => new()
    {
        Checkpoint = isT5 ? TinyModels.T5(_folder["t5"]) : TinyModels.Llama(_folder["llama"]),
        Window = 6,
        PerUser = 3,
        TokenBudget = 600,
        Lists = new() { ValidationBeams = 10, MaskSeen = false },
        Training = new()
        {
            Epochs = epochs,
            Seed = 2,
            ValidateEvery = epochs,
            Optimizer = new() { LearningRate = 0.01, WeightDecay = 0, ClipNorm = 1 },
        },
    };
}
