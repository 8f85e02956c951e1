using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Personalization;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

/// <summary>A run that is cut off and resumed ends as one that is not, for each recipe.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly TrainingOptions _training = new() { Epochs = 4, Seed = 3, ValidateEvery = 1, Patience = 9 };
    private static readonly SequenceDataset _data = ToySequences.Cycle(users: 24, items: 15, minEvents: 3, maxEvents: 9);
    private static readonly SemanticIds _ids = SemanticIds.Create([.. Enumerable.Range(0, 15).Select(i => new[] { i / 4, i % 4 })]);

    private static readonly ItemCodes _codes =
        new(2, 4, [.. Enumerable.Range(0, 15).SelectMany(i => new[] { (ushort)(i / 4), (ushort)(i % 4) })]);

    /// <summary>Every two items have the same.</summary>
    private static readonly ItemCodes _shared =
        new(2, 4, [.. Enumerable.Range(0, 15).SelectMany(i => new[] { (ushort)(i / 8), (ushort)(i / 2 % 4) })]);

    private static readonly ItemTerms _terms = new(3, [.. Enumerable.Range(0, 15).Select(i => new[] { i % 3 })]);

    private static readonly ParameterOptions _solid = new()
    {
        Source = ParameterSourceKind.Solid,
        Rank = 2,
        Width = 6,
        Dropout = 0.2,
        Solid = new() { Codebook = CodebookKind.Learned, CodebookSize = 4, CodebookAfter = 2 },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Recipes => ["sasrec", "solid", "din", "din, solid", "llama", "parallel", "generative"];

    private string Checkpoint => _folder["run.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_resumed_run_repeats_losses_and_weights_to_the_bit(string recipe)
    {
        var (whole, wholeResult) = Train(recipe, _training, checkpoint: null);
        using var stop = new CancellationTokenSource();
        var cut = new OnProgress(p => { if (p.Epoch == 3 && p.Step == 1) stop.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => Train(recipe, _training, Checkpoint, cut, stop));

        var steps = new List<int>();
        var (resumed, resumedResult) = Train(recipe, _training, Checkpoint, new OnProgress(p => steps.Add(p.Epoch)));
        Assert.Equal([3, 4], steps.Distinct());
        Assert.Equal(Figures(wholeResult), Figures(resumedResult));
        Assert.Equal(Values.Of(whole), Values.Of(resumed));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_finished_run_is_not_trained_again(string recipe)
    {
        var (first, firstResult) = Train(recipe, _training, Checkpoint);
        var (again, againResult) = Train(recipe, _training, Checkpoint, new OnProgress(_ => Assert.Fail("took a step")));
        Assert.Equal(firstResult.Epochs, againResult.Epochs);
        Assert.Equal((firstResult.BestEpoch, firstResult.BestValidation), (againResult.BestEpoch, againResult.BestValidation));
        Assert.Equal(Values.Of(first), Values.Of(again));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_checkpoint_of_other_settings_is_refused(string recipe)
    {
        Train(recipe, _training with { Epochs = 1 }, Checkpoint);
        var e = Assert.Throws<CheckpointException>(() => Train(recipe, _training with { Epochs = 1, Seed = 4 }, Checkpoint));
        Assert.Contains("other settings (Recipe.Training.Seed: the checkpoint has ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_names_no_choice_that_was_not_there_when_older_ones_were_written()
    {
        Train("din", _training with { Epochs = 1 }, Checkpoint);
        var settings = SafetensorsFile.Load(Checkpoint).Metadata["training"];
        Assert.Contains("TokenBudget", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("Kind", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameters", settings, StringComparison.Ordinal);
    }

    [Fact]
    public void An_averaged_run_that_was_paused_ends_as_one_that_was_not()
    {
        var training = _training with { Epochs = 6, AverageDecay = 0.99, Optimizer = new() { FinalRate = 0.1, ClipNorm = 1 } };
        var (whole, wholeResult) = Train("sasrec", training, checkpoint: null);
        Train("sasrec", training, Checkpoint, pauseAfter: 2);
        var (resumed, resumedResult) = Train("sasrec", training, Checkpoint);
        Assert.Equal(Figures(wholeResult), Figures(resumedResult));
        Assert.Equal(Values.Of(whole), Values.Of(resumed));
        Assert.NotEqual(Values.Of(whole), Values.Of(Train("sasrec", training with { AverageDecay = 0 }, checkpoint: null).Model));
    }

    [Fact]
    public void Weights_alone_cannot_be_resumed()
    {
        var (model, _) = Train("sasrec", _training with { Epochs = 1 }, checkpoint: null);
        Learning.Training.Checkpoint.SaveWeights(model, Checkpoint);
        var e = Assert.Throws<CheckpointException>(() => Train("sasrec", _training, Checkpoint));
        Assert.Contains("no training state", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_the_language_model_under_other_names_is_refused_in_one_line()
    {
        var writer = new SafetensorsWriter();
        writer.Add("embed_tokens.weight", new float[9 * 8], 9, 8);
        writer.Add("layers.0.q_proj.weight", new float[8 * 8], 8, 8);
        writer.Metadata["training"] = "{}";
        writer.Save(Checkpoint);
        var e = Assert.Throws<CheckpointException>(() => Train("llama", _training, Checkpoint));
        Assert.Contains("'embed_tokens.weight'", e.Message, StringComparison.Ordinal);
        Assert.Contains("delete the file", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Weights_come_back_as_they_were_saved()
    {
        var (model, _) = Train("sasrec", _training with { Epochs = 1 }, checkpoint: null);
        var (other, _) = Train("sasrec", _training with { Epochs = 1, Seed = 8 }, checkpoint: null);
        Learning.Training.Checkpoint.SaveWeights(model, Checkpoint);
        Assert.NotEqual(Values.Of(model), Values.Of(other));
        Learning.Training.Checkpoint.LoadWeights(other, Checkpoint);
        Assert.Equal(Values.Of(model), Values.Of(other));
    }

    private static (int Epoch, double Loss, double? Validation)[] Figures(TrainingResult result) =>
        [.. result.Epochs.Select(e => (e.Epoch, e.Loss, e.Validation))];

    private static (nn.Module Model, TrainingResult Result) Train(
        string recipe, TrainingOptions training, string? checkpoint,
        IProgress<TrainingProgress>? progress = null, CancellationTokenSource? stop = null, int pauseAfter = int.MaxValue)
    {
        var cancel = stop?.Token ?? TestContext.Current.CancellationToken;
        var heldOut = ToySequences.LastItems(_data);
        if (recipe == "sasrec")
        {
            var sasRec = new SequenceRecipe
            {
                Backbone = new SasRecOptions { Width = 8, Window = 6, Dropout = 0.3 },
                Loss = new() { TokenBudget = 40, Negatives = 10 },
                Training = training,
            };
            return sasRec.Train(_data, _data.ButLast(), heldOut, checkpoint, progress, pauseAfter, cancel: cancel);
        }

        if (recipe == "solid")
        {
            var solid = new SequenceRecipe
            {
                Backbone = new SasRecOptions { Width = 8, Window = 6, Dropout = 0.3 },
                Loss = new() { TokenBudget = 40, Negatives = 10 },
                Parameters = _solid,
                Training = training,
            };
            return solid.Train(_data, _data.ButLast(), heldOut, checkpoint, progress, pauseAfter, terms: _terms, cancel: cancel);
        }

        if (recipe is "din" or "din, solid")
        {
            var din = new DinRecipe
            {
                Model = new() { Width = 8, Hidden = 12, LastHidden = 6, Window = 6, Dropout = 0.3 },
                Loss = new() { TokenBudget = 60, Negatives = 5 },
                Parameters = recipe == "din" ? new() : _solid,
                Training = training,
            };
            var terms = recipe == "din" ? null : _terms;
            return din.Train(_data, _data.ButLast(), heldOut, checkpoint, progress, pauseAfter, terms: terms, cancel: cancel);
        }

        if (recipe == "parallel")
        {
            var parallel = new ParallelRecipe
            {
                Backbone = new SasRecOptions { Width = 8, Window = 6, Dropout = 0.3 },
                Loss = new() { TokenBudget = 40 },
                Training = training,
            };
            return parallel.Train(_data, _codes, _data.ButLast(), heldOut, checkpoint, progress, pauseAfter, cancel);
        }

        if (recipe == "generative")
        {
            var generative = new GenerativeRecipe
            {
                Model = new() { Width = 8, Blocks = 1, Heads = 2, Hidden = 16, Dropout = 0.3 },
                Window = 6,
                ItemBudget = 40,
                Lists = new() { ValidationUsers = 9 },
                Training = training,
            };
            return generative.Train(_data, _shared, _data.ButLast(), heldOut, checkpoint, progress, pauseAfter, cancel);
        }

        var llama = new LlamaRecipe
        {
            Model = new() { Width = 8, Blocks = 1, Heads = 2, Hidden = 16, Dropout = 0.3 },
            Window = 6,
            ItemBudget = 40,
            Training = training,
        };
        return llama.Train(_data, _ids, _data.ButLast(), heldOut, checkpoint, progress, cancel);
    }
}
