using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Learning.Tuning;
using Tandem.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Tuning;

/// <summary>
/// Weights on Torch's meta device, which has shapes and no numbers: an operation that mixes devices is refused there as it is on a GPU.
/// Not every operation of the models exists there (Torch's own attention does not), so parts are tried, not whole trainings.
/// </summary>
public sealed class AcceleratorTests : IDisposable
{
    private const int Items = 15, Levels = 2, Codes = 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Beams_advance_and_changes_of_low_rank_learn_where_the_weights_lie()
    {
        using var scope = NewDisposeScope();
        using var model = Moved();
        foreach (var parameter in model.parameters()) parameter.requires_grad_(false);
        using var changes = new LowRank(new WeightSlots(model), new LowRankOptions { Rank = 2 });
        using var cache = new LayerCache();
        cache.SetPrompt(randn([2, 1, 3, 8], device: META), randn([2, 1, 3, 8], device: META)); // [B, N, T, F]
        model.Advance(tensor(new long[] { 1, 2, 3, 4 }, 2, 2), [cache]);
        cache.Reorder(tensor(new long[] { 1, 0, 0, 0 }, 2, 2));
        var states = model.Advance(tensor(new long[] { 1, 2, 3, 4 }, 2, 2), [cache]);
        model.Logits(states, new(0, 9)).sum().backward();
        Assert.Equal(14, changes.parameters().Count()); // two of each of the block's seven layers
        Assert.All(changes.named_parameters(), p => Assert.Equal(DeviceType.META, p.parameter.grad?.device_type));
    }

    [Fact]
    public void The_loss_of_codes_is_taken_where_the_states_lie()
    {
        using var scope = NewDisposeScope();
        using var model = Moved();
        var ids = SemanticIds.Create([.. Enumerable.Range(0, Items).Select(i => new[] { i / Codes, i % Codes })]);
        var states = randn([3, Levels, 16], device: META, requires_grad: true);
        CodeLoss.Of(model, new ItemTrie(ItemTokens.Of(ids, start: 0, first: 5)), states, [4, 1, 9]).backward();
        Assert.Equal(DeviceType.META, states.grad?.device_type);
    }

    [Fact]
    public void Padding_is_hidden_where_the_scores_lie()
    {
        using var scope = NewDisposeScope();
        var (_, isText) = PromptBatch.Of([[5, 6, 7], [8]]);
        var causal = PromptBatch.Causal(PromptBatch.MaskOf(isText!, ScalarType.BFloat16, META));
        Assert.Equal([2, 1, 3, 3], causal.shape);
        Assert.Equal((DeviceType.META, ScalarType.BFloat16), (causal.device_type, causal.dtype));
    }

    [Fact]
    public void An_accelerator_that_is_missing_is_refused_before_anything_is_trained()
    {
        if (cuda.is_available()) Assert.Skip("there is a CUDA device");
        Assert.Null(Accelerators.Fault(AcceleratorKind.Cpu));
        var recipe = new LanguageRecipe
        {
            Checkpoint = TinyModels.Llama(_folder["llama"]),
            Accelerator = AcceleratorKind.Cuda,
            Training = new() { Epochs = 1, Seed = 2, Optimizer = new() },
        };
        var refused = Assert.Throws<RecipeException>(() => LanguageTuning.Require(recipe));
        Assert.Contains("no CUDA device", refused.Message, StringComparison.Ordinal);
        using var opened = LanguageCheckpoint.Open(recipe.Checkpoint);
        opened.MoveTo(AcceleratorKind.Cuda); // a finished model is computed on the processor
        Assert.Equal(DeviceType.CPU, opened.Network.parameters().First().device_type);
    }

    private static Llama Moved() =>
        new Llama(new() { Vocabulary = 20, Width = 16, Blocks = 1, Heads = 2, KeyValueHeads = 1, Hidden = 24 }, new Noise(1)).to(META);
}
