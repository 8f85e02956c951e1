using Tandem.Data;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>Trains classifiers of one set of examples, whatever they read and whatever lives beside their training.</summary>
public sealed class ClassifierTraining
{
    private readonly LabelledExamples _examples;
    private readonly ExampleSplit _split;
    private readonly ClassifierOptions _options;

    /// <param name="examples">What is read.</param>
    /// <param name="split">Learned from, chosen by, reported.</param>
    /// <param name="options">Batches, steps, optimiser.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public ClassifierTraining(LabelledExamples examples, ExampleSplit split, ClassifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (_examples, _split, _options) = (examples, split, options);
    }

    /// <summary>
    /// Trains one. The steps with the best validation are kept, and the test examples are told once, at the end.
    /// </summary>
    /// <param name="lesson">What it learns from.</param>
    /// <param name="build">Makes the network, which draws its masks from the noise given.</param>
    /// <param name="seed">Draws weights, order and masks: trainings of one seed start alike.</param>
    /// <param name="parts">Makes what lives beside the training; null, the default, for nothing.</param>
    /// <param name="path">File that the weights are written to, as safetensors; null, the default, for none.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="TrainingException">The loss is no finite number.</exception>
    public TrainedClassifier Train(
        ClassifierLesson lesson, Func<Noise, Classifier> build, int seed, Func<Classifier, IReadOnlyList<ITrainingPart>>? parts = null,
        string? path = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(lesson);
        ArgumentNullException.ThrowIfNull(build);
        using var scope = NewDisposeScope();
        manual_seed(NamedSeed.Derive(seed, "network"));
        var replica = Replica.Create(1, build)[0];
        using var network = (Classifier)replica.Network;
        var beside = parts?.Invoke(network) ?? [];
        try
        {
            var task = new ClassificationTask(replica, _examples, _split, lesson, _options, seed);
            var result = new TrainingLoop<ExampleBatch>(task, _options.Training(seed), "classifier", parts: beside).Run(cancel: cancel);
            task.RestoreBuffers();
            if (path is not null) Save(network, path);
            return new(
                result.BestValidation!.Value, task.Right(_split.Test), result.BestEpoch * _options.ValidateEvery,
                network.parameters().Sum(parameter => parameter.numel()), result.Epochs.Sum(epoch => epoch.Seconds) /
                    (result.Epochs.Count * _options.ValidateEvery));
        }
        finally
        {
            foreach (var part in beside.OfType<IDisposable>()) part.Dispose();
        }
    }

    /// <summary>Parameters, and the running means of batch norms, under their names.</summary>
    private static void Save(Classifier network, string path)
    {
        var writer = new SafetensorsWriter();
        Checkpoint.AddWeights(network, writer);
        foreach (var (name, buffer) in network.named_buffers().Where(b => b.buffer.is_floating_point()))
            writer.Add<float>(name, TensorValues.Copy(buffer), [.. buffer.shape.Select(n => (int)n)]);
        writer.Save(path);
    }
}
