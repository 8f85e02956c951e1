using Tandem.Data.Batches;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private const string Settings = "settings";
    private static readonly TrainingOptions _options = new() { Epochs = 2, Seed = 1, ValidateEvery = 1 };

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["run.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Saved_weights_lie_under_their_own_names_and_nothing_else_does()
    {
        using var model = Model(width: 4, seed: 1);
        Checkpoint.SaveWeights(model, Path);
        var file = SafetensorsFile.Load(Path);
        var weights = Values.Of(model);
        Assert.Equal(weights.Keys, file.Tensors.Keys.Order(weights.Comparer));
        Assert.Equal([8, 4], file.Tensors["items.weight"].Shape);
        foreach (var (name, values) in weights) Assert.Equal(values, file.Tensors[name].ToSingles());
    }

    [Fact]
    public void Weights_of_another_shape_are_refused_and_the_network_stays_as_it_was()
    {
        using var saved = Model(width: 4, seed: 1, window: 6);
        Checkpoint.SaveWeights(saved, Path);
        using var other = Model(width: 4, seed: 2, window: 5);
        var before = Values.Of(other);
        var e = Assert.Throws<SafetensorsException>(() => Checkpoint.LoadWeights(other, Path));
        Assert.Contains("backbone.position", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Values.Of(other));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_no_finite_numbers_are_refused_by_tensor_and_file(float value)
    {
        using var saved = Model(width: 4, seed: 1);
        using (no_grad()) saved.Items.Weight[7, 3] = value;
        Checkpoint.SaveWeights(saved, Path);
        using var other = Model(width: 4, seed: 2);
        var before = Values.Of(other);
        var e = Assert.Throws<SafetensorsException>(() => Checkpoint.LoadWeights(other, Path));
        Assert.StartsWith($"{Path}: tensor 'items.weight' holds NaN or an infinity", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Values.Of(other));
    }

    [Fact]
    public void Weights_that_lack_a_tensor_are_refused_by_its_name()
    {
        using var saved = Model(width: 4, seed: 1, blocks: 1);
        Checkpoint.SaveWeights(saved, Path);
        using var other = Model(width: 4, seed: 2, blocks: 2);
        var e = Assert.Throws<SafetensorsException>(() => Checkpoint.LoadWeights(other, Path));
        Assert.Contains("backbone.blocks.1.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TensorType.I8)]
    [InlineData(TensorType.U16)]
    public void Weights_that_are_no_floats_are_refused_and_the_network_stays_as_it_was(TensorType type)
    {
        using var saved = Model(width: 4, seed: 1);
        var last = saved.named_parameters().Last();
        var writer = new SafetensorsWriter();
        Checkpoint.AddWeights(saved, writer, except: name => name == last.name);
        var elements = new byte[last.parameter.numel() * (type == TensorType.I8 ? 1 : 2)];
        writer.AddBytes(last.name, type, elements, [.. last.parameter.shape.Select(n => (int)n)]);
        writer.Save(Path);
        using var other = Model(width: 4, seed: 2);
        var before = Values.Of(other);
        Assert.Throws<SafetensorsException>(() => Checkpoint.LoadWeights(other, Path));
        Assert.Equal(before, Values.Of(other));
    }

    [Fact]
    public void A_checkpoint_that_is_cut_off_anywhere_is_refused()
    {
        Run();
        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 50))
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.Throws<SafetensorsException>(Run);
        }

        File.WriteAllBytes(Path, whole);
        Run();
    }

    [Theory]
    [InlineData("optimizer.step")]
    [InlineData("optimizer.weight.m")]
    [InlineData("optimizer.weight.v")]
    [InlineData("weight")]
    [InlineData("best.weight")]
    public void A_checkpoint_that_lacks_a_part_is_refused_before_the_first_step(string part)
    {
        Run();
        Rewrite(without: part);
        var e = Assert.Throws<SafetensorsException>(() => NewLoop(new ScriptedTask()));
        Assert.Contains($"'{part}'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"Settings\":\"settings\"}")]
    [InlineData("{\"Settings\":\"settings\",\"Epochs\":null,\"BestEpoch\":0,\"BestValidation\":null,\"WithoutBest\":0}")]
    public void A_training_state_that_is_no_record_is_refused(string training)
    {
        Run();
        Rewrite(training: training);
        var e = Assert.Throws<CheckpointException>(() => NewLoop(new ScriptedTask()));
        Assert.StartsWith(Path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_validation_is_resumed_without_best_weights()
    {
        using var task = new ScriptedTask(null, null);
        NewLoop(task).Run(cancel: TestContext.Current.CancellationToken);
        Assert.DoesNotContain(SafetensorsFile.Load(Path).Tensors.Keys, name => name.StartsWith("best.", StringComparison.Ordinal));
        using var again = new ScriptedTask();
        var result = NewLoop(again).Run(cancel: TestContext.Current.CancellationToken);
        Assert.Equal((2, task.Weight), (result.BestEpoch, again.Weight));
    }

    private static SequenceModel Model(int width, int seed, int window = 5, int blocks = 1)
    {
        var model = new SequenceModel(7, new SasRec(new() { Width = width, Window = window, Blocks = blocks }, new Noise(1)));
        Values.Scatter(model, 1, seed);
        return model;
    }

    private TrainingLoop<SequenceBatch> NewLoop(ScriptedTask task) => new(task, _options, Settings, Path);

    private void Run()
    {
        using var task = new ScriptedTask(0.2, 0.1);
        NewLoop(task).Run(cancel: TestContext.Current.CancellationToken);
    }

    /// <summary>The same checkpoint but for a tensor or the record.</summary>
    private void Rewrite(string? without = null, string? training = null)
    {
        var file = SafetensorsFile.Load(Path);
        var writer = new SafetensorsWriter();
        foreach (var (name, entry) in file.Tensors.Where(t => t.Key != without))
        {
            if (entry.Type == TensorType.I32) writer.Add(name, entry.As<int>(), entry.Shape.AsSpan());
            else writer.Add(name, entry.As<float>(), entry.Shape.AsSpan());
        }

        writer.Metadata["training"] = training ?? file.Metadata["training"];
        writer.Save(Path);
    }
}
