using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Layers;
using Tandem.Learning.Tuning;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Tuning;

public sealed class TunedModelTests : IDisposable
{
    private const int Added = 6;
    private static readonly int[] _read = [0, 5, 41, 9, 44, 45], _written = [0, 40, 43, 12];
    private static readonly Dictionary<string, string> _metadata = new() { ["codes"] = "abc" };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<bool, bool, ScalarType> Kinds => new()
    {
        { false, true, ScalarType.Float32 }, { false, false, ScalarType.Float32 }, { true, true, ScalarType.Float32 },
        { true, false, ScalarType.Float32 }, { false, true, ScalarType.BFloat16 }, { true, true, ScalarType.BFloat16 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Changes_of_low_rank_start_at_nothing_and_are_folded_when_saved(bool isT5, bool isTied, ScalarType type)
    {
        using var model = Tuned(isT5, isTied, type, new LowRankOptions { Rank = 3 });
        using var plain = Tuned(isT5, isTied, type, lora: null, "plain");
        Assert.Equal(Score(plain.Checkpoint), Score(model.Checkpoint)); // to the bit
        Assert.All(model.named_parameters(), p => Assert.True(p.parameter.requires_grad));
        Assert.DoesNotContain(model.named_parameters(), p => p.name.StartsWith("model", StringComparison.Ordinal));
        Values.Scatter(model, 0.3, seed: 4);
        var changed = Score(model.Checkpoint);
        Assert.True(Differ(changed, Score(plain.Checkpoint)) > 0.1);

        model.Save(_folder["saved"], _folder["base"], _metadata);
        using var saved = LanguageCheckpoint.Open(_folder["saved"]);
        Assert.Equal(TinyModels.Words + Added, saved.Model.Vocabulary);
        Assert.Equal(type, saved.Network.parameters().First().dtype);
        Assert.InRange(Differ(changed, Score(saved)), 0, type == ScalarType.BFloat16 ? 0.2 : 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_weight_and_the_rows_that_are_added_get_a_gradient(bool isT5)
    {
        using var scope = NewDisposeScope();
        using var model = Tuned(isT5, isTied: false, ScalarType.Float32, lora: null);
        Logits(model.Checkpoint.Model).Squared().sum().backward();
        Assert.Equal(2, model.named_parameters().Count(p => p.name is "rows" or "heads"));
        Assert.All(model.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().item<float>() > 0, p.name));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 0.3)]
    [InlineData(true, 0.3)]
    public void Blocks_that_are_computed_anew_give_the_same_gradients(bool isT5, double dropout)
    {
        var kept = Gradients(isT5, dropout, recompute: false);
        var computed = Gradients(isT5, dropout, recompute: true);
        Assert.Equal(kept.Keys, computed.Keys);
        foreach (var (name, gradient) in kept) Close.Row(gradient, computed[name], tolerance: 1e-5);
    }

    private Dictionary<string, float[]> Gradients(bool isT5, double dropout, bool recompute)
    {
        using var scope = NewDisposeScope();
        var folder = isT5 ? TinyModels.T5(_folder["base"]) : TinyModels.Llama(_folder["base"]);
        var opened = LanguageCheckpoint.Open(folder, widen: true, new Noise(7), dropout);
        ((ITrainedLanguageModel)opened.Network).Recompute = recompute;
        // Nothing that is read needs a gradient here: what is changed in the layers alone does.
        using var model = new TunedModel(opened, new LowRankOptions { Rank = 2 }, null, null);
        Values.Scatter(model, 0.3, seed: 4);
        model.SetMode(isTraining: true);
        int[] read = [0, 5, 31, 9], written = [0, 8, 13];
        var logits = opened.Network is T5 t5 ? t5.Forward(Row(read), Row(written)) : ((Llama)opened.Network).forward(Row(read));
        logits.Squared().sum().backward();
        return model.named_parameters().ToDictionary(p => p.name, p => Values.Of(p.parameter.grad!), StringComparer.Ordinal);
    }

    private TunedModel Tuned(bool isT5, bool isTied, ScalarType type, LowRankOptions? lora, string name = "base")
    {
        var folder = isT5 ? TinyModels.T5(_folder[name], type, isTied) : TinyModels.Llama(_folder[name], type, isTied);
        manual_seed(3);
        using var rows = randn(Added, 16);
        using var heads = randn(Added, 16);
        var model = new TunedModel(LanguageCheckpoint.Open(folder), lora, rows, isTied ? null : heads);
        model.SetMode(isTraining: false);
        return model;
    }

    private static Tensor Logits(object model) =>
        model is T5 t5 ? t5.Forward(Row(_read), Row(_written)) : ((Llama)model).forward(Row(_read));

    private static float[] Score(LanguageCheckpoint checkpoint) =>
        [.. checkpoint.Score(_read, checkpoint.HasEncoder ? _written : null).SelectMany(row => row)];

    private static double Differ(float[] a, float[] b)
    {
        Assert.Equal(a.Length, b.Length);
        return a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
    }

    private static Tensor Row(int[] tokens) => tensor(Array.ConvertAll(tokens, t => (long)t), 1, tokens.Length);
}
