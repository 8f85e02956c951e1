using Tandem.Learning.Classification;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Classification;

/// <summary>The networks, and that they learn.</summary>
public class ClassifierTests
{
    private static readonly ImageCnnOptions _smallImages = new() { Channels = [8, 16, 24], Blocks = 1, Expansion = 3, Last = 48 };

    [Theory]
    [InlineData(ClassifierKind.TextCnn)]
    [InlineData(ClassifierKind.TextTransformer)]
    public void A_title_is_told_alike_however_far_it_is_padded(ClassifierKind kind)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = Text(kind, rows: 30, length: 9, classes: 5, new(1));
        network.eval();
        using var mode = no_grad();
        var told = network.forward(tensor(new long[] { 3, 4, 0, 0, 7, 8, 9, 10 }, 2, 4));
        var padded = network.forward(tensor(new long[] { 3, 4, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 10, 0, 0, 0, 0, 0 }, 2, 9));
        Assert.Equal([2L, 5], told.shape);
        Close.Row(Values.Of(told), Values.Of(padded));
    }

    [Fact]
    public void Images_become_a_number_for_each_label()
    {
        using var scope = NewDisposeScope();
        using var network = new ImageCnn(7, new(), new(1));
        var told = network.forward(zeros([2, 3, 32, 32], ScalarType.Byte));
        Assert.Equal([2L, 7], told.shape);
        Assert.Contains("blocks.2.expand.convolution.weight", network.named_parameters().Select(p => p.name));
    }

    [Theory]
    [InlineData(ClassifierKind.TextCnn)]
    [InlineData(ClassifierKind.TextTransformer)]
    public void Titles_of_no_rule_are_learned_by_heart(ClassifierKind kind)
    {
        var random = new Random(5);
        var words = TitleWords.Of(
            [.. Enumerable.Range(0, 24).Select(_ => Enumerable.Range(0, 6).Select(_ => random.Next(1, 40)).ToArray())]);
        int[] labels = [.. Enumerable.Range(0, 24).Select(_ => random.Next(4))];
        using var examples = new LabelledExamples(words.Inputs(), labels, ["a", "b", "c", "d"]);
        long[] all = [.. Enumerable.Range(0, 24).Select(i => (long)i)];
        var training = new ClassifierTraining(examples, new(all, all, all), new() { Steps = 150, BatchSize = 24 });
        var trained = training.Train(
            new(all), noise => Text(kind, words.Pieces.Count, words.Length, 4, noise), seed: 1,
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal(1, trained.Test);
        Assert.Equal(trained.Validation, trained.Test);
    }

    [Fact]
    public void Generated_images_are_learned_and_running_means_are_kept()
    {
        using var folder = new TemporaryFolder();
        using var examples = GeneratedImages.Draw(1000, seed: 1, noise: 10);
        var split = ExampleSplit.Draw(examples.Labels, seed: 1);
        var options = new ClassifierOptions { Steps = 200, BatchSize = 32, LearningRate = 0.01 };
        var trained = new ClassifierTraining(examples, split, options)
            .Train(
                new(split.Training), noise => new ImageCnn(10, _smallImages, noise), 1, path: folder["images.safetensors"],
                cancel: TestContext.Current.CancellationToken);
        Assert.InRange(trained.Test, 0.25, 1);    // chance is 0.1, its deviation over 200 images 0.02

        // The file has what a batch norm needs, as it was at the best validation: read back, it tells as many right.
        var file = SafetensorsFile.Load(folder["images.safetensors"]);
        using var network = new ImageCnn(10, _smallImages, new(1));
        foreach (var (name, parameter) in network.named_parameters()) TensorValues.Set(parameter, file.Tensors[name].As<float>());
        foreach (var (name, buffer) in network.named_buffers().Where(b => b.buffer.is_floating_point()))
            TensorValues.Set(buffer, file.Tensors[name].As<float>());
        using var mode = no_grad();
        network.eval();
        var told = network.forward(examples.Take([.. split.Test])).argmax(1).data<long>().ToArray();
        var right = told.Zip(split.Test, (label, place) => label == examples.Labels[(int)place]).Count(isRight => isRight);
        Assert.Equal(trained.Test, right / (double)split.Test.Count, 0.011);
    }

    private static Classifier Text(ClassifierKind kind, int rows, int length, int classes, Noise noise) => kind == ClassifierKind.TextCnn
        ? new TextCnn(rows, classes, new() { Width = 16, Filters = 16 }, noise)
        : new TextTransformer(rows, length, classes, new() { Width = 16 }, noise);
}
