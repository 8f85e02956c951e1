using Tandem.Data;
using Tandem.Learning.Classification;
using Tandem.Learning.Transfer;

namespace Tandem.Learning.Tests.Classification;

/// <summary>Arms of an experiment on titles whose words say what they are of, with a source that is a BERT by its names.</summary>
public class ClassificationStudyTests
{
    private const int Width = 24, Pieces = 60;
    private static readonly ClassifierOptions _options = new() { Steps = 20, ValidateEvery = 10, BatchSize = 16 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ClassifierKind.TextCnn)]
    [InlineData(ClassifierKind.TextTransformer)]
    public void Adapters_that_write_nothing_leave_the_training_alone(ClassifierKind kind)
    {
        using var examples = Examples(out var words);
        var alone = Study(kind, examples, words).Train(ClassificationArm.Alone, 0.5, 1, _options, cancel: Cancel);
        var silent = Study(kind, examples, words, alpha: 0).Train(ClassificationArm.Adapter, 0.5, 1, _options, cancel: Cancel);
        Assert.Equal((alone.Validation, alone.Parameters), (silent.Validation, silent.Parameters));
        Assert.Equal(alone.Right, silent.Right);
    }

    [Theory]
    [InlineData(ClassifierKind.TextCnn, 3)]
    [InlineData(ClassifierKind.TextTransformer, 12)]
    public void Layers_read_their_own_kind_in_the_first_and_the_last_layer(ClassifierKind kind, int layers)
    {
        using var examples = Examples(out var words);
        using var network = (TorchSharp.torch.nn.Module)(kind == ClassifierKind.TextCnn
            ? new TextCnn(words.Pieces.Count, 3, new(), new(1))
            : new TextTransformer(words.Pieces.Count, words.Length, 3, new(), new(1)));
        var (source, pairs) = Source(words).LayersFor(network);
        Assert.Equal(layers, pairs!.Count);
        Assert.All(pairs, pair => Assert.Equal(2, pair.Sources.Count));
        Assert.All(pairs.SelectMany(pair => pair.Sources), name => Assert.DoesNotContain(".1.", name, StringComparison.Ordinal));
        if (kind == ClassifierKind.TextTransformer)
        {
            Assert.Equal(
                ["encoder.layer.0.attention.self.key.weight", "encoder.layer.2.attention.self.key.weight"],
                pairs.Single(pair => pair.Target == "blocks.1.key.weight").Sources);
        }

        Assert.DoesNotContain(ClassifierSource.WordTable, source.Tensors.Keys);
    }

    [Fact]
    public void Every_arm_trains_and_repeats_and_rivals_are_no_mere_copies()
    {
        using var examples = Examples(out var words);
        var study = Study(ClassifierKind.TextCnn, examples, words);
        var options = _options with { Steps = 40 };
        var results = ClassificationArm.All.ToDictionary(
            arm => arm.Name, arm => study.Train(arm, 0.5, 1, options, cancel: Cancel));
        Assert.All(results.Values, trained => Assert.Equal(results["alone"].Parameters, trained.Parameters));
        Assert.All(results, trained => Assert.InRange(trained.Value.Test, 0.4, 1)); // of three labels
        var again = study.Train(
            ClassificationArm.All.Single(arm => arm.Name == "start-adapter"), 0.5, 1, options, cancel: Cancel);
        Assert.Equal(results["start-adapter"].Right, again.Right);
        var (validation, right) = study.Teach(0.5, 1);
        Assert.InRange(validation, 0.8, 1);
        Assert.Equal(results["alone"].Right.Count, right.Length);
    }

    [Fact]
    public void What_an_arm_needs_and_has_not_is_told()
    {
        using var examples = Examples(out var words);
        var bare = new ClassificationStudy(ClassifierKind.TextCnn, examples, ExampleSplit.Draw(examples.Labels, 1), words);
        foreach (var name in new[] { "adapter", "start", "distill" })
        {
            var arm = ClassificationArm.All.Single(arm => arm.Name == name);
            Assert.Throws<ClassificationException>(() => bare.Require(arm));
            Assert.Throws<ClassificationException>(() => bare.Train(arm, 1, 1, _options, cancel: Cancel));
        }
    }

    private static ClassificationStudy Study(ClassifierKind kind, LabelledExamples examples, TitleWords words, double alpha = 0.1) =>
        new(kind, examples, ExampleSplit.Draw(examples.Labels, 1), words)
        {
            Source = Source(words),
            Transfer = new() { Width = 16, Heads = 2, Alpha = alpha },
            Vectors =
                [.. examples.Labels.ToArray().Select((label, i) => new[] { label == 0 ? 1f : 0, label == 1 ? 1f : 0, 0.1f * (i % 7) })],
        };

    /// <summary>120 titles of 5 words, most of them words of their label.</summary>
    private static LabelledExamples Examples(out TitleWords words)
    {
        var random = NamedSeed.Create(3, "titles");
        int[] labels = [.. Enumerable.Range(0, 120).Select(i => i % 3)];
        words = TitleWords.Of([.. labels.Select(label => Enumerable.Range(0, 5)
            .Select(_ => random.NextDouble() < 0.8 ? 1 + label * 19 + random.Next(19) : random.Next(1, Pieces)).ToArray())]);
        return new(words.Inputs(), labels, ["a", "b", "c"]);
    }

    private static ClassifierSource Source(TitleWords words)
    {
        var random = NamedSeed.Create(4, "source");
        var matrices = new Dictionary<string, SourceMatrix> { [ClassifierSource.WordTable] = Matrix(Pieces, Width) };
        for (var layer = 0; layer < 3; layer++)
        {
            foreach (var name in new[] { "self.query", "self.key", "self.value", "output.dense" })
                matrices[$"encoder.layer.{layer}.attention.{name}.weight"] = Matrix(Width, Width);
            matrices[$"encoder.layer.{layer}.intermediate.dense.weight"] = Matrix(2 * Width, Width);
            matrices[$"encoder.layer.{layer}.output.dense.weight"] = Matrix(Width, 2 * Width);
        }

        return new(matrices, words);

        SourceMatrix Matrix(int rows, int columns) =>
            new([rows, columns], [.. Enumerable.Range(0, rows * columns).Select(_ => 0.05f * (float)random.NextNormal())]);
    }
}
