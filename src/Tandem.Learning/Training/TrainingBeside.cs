using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Another model's training in step with a loop: a step of its own after each of the loop's, as long as its epoch has batches. What else
/// acts on it comes to it as its parts.
/// </summary>
/// <typeparam name="TBatch">What a step of it works on.</typeparam>
/// <param name="task">What it learns; nothing of it is validated.</param>
/// <param name="options">Epochs as the loop's, a seed, the optimiser's settings.</param>
/// <param name="name">What the names of its state begin with.</param>
/// <param name="parts">Their names of state are others than the loop's.</param>
internal sealed class TrainingBeside<TBatch>(
    ITrainingTask<TBatch> task, TrainingOptions options, string name, IReadOnlyList<ITrainingPart> parts) : ITrainingPart, IDisposable
    where TBatch : ITrainingBatch
{
    private readonly AdamW _optimizer = new([.. task.Replicas.Select(r => r.Network)], options.Optimizer, $"{name}.optimizer");
    private readonly ReplicaThreads _threads = new(task.Replicas.Count);
    private TBatch[][] _batches = [];
    private int _next;

    private nn.Module Network => task.Replicas[0].Network;

    /// <inheritdoc/>
    public void BeginEpoch(int epoch)
    {
        for (var r = 0; r < task.Replicas.Count; r++)
        {
            task.Replicas[r].Network.train();
            task.Replicas[r].Noise.Reseed(NamedSeed.Derive(options.Seed, "dropout", epoch, r));
        }

        foreach (var part in parts) part.BeginEpoch(epoch);
        (_batches, _next) = ([.. task.BeginEpoch(epoch).Chunk(task.Replicas.Count)], 0);
    }

    /// <inheritdoc/>
    public void AfterStep(long number)
    {
        if (_next == _batches.Length) return;
        var step = _optimizer.Steps + 1;
        foreach (var part in parts) part.BeforeStep(step);
        var loss = StepGradient.Of(task, _batches[_next++], _threads);
        if (!double.IsFinite(loss))
            throw new TrainingException($"{name}: loss is {loss} at step {step}; expected a finite number; lower the learning rate");
        foreach (var part in parts) part.BeforeUpdate(step);
        _optimizer.Step(_batches.Length * options.Epochs);
        foreach (var part in parts) part.AfterUpdate(step);
        foreach (var part in parts) part.AfterStep(step);
    }

    /// <inheritdoc/>
    public void Save(SafetensorsWriter writer)
    {
        foreach (var (key, weights) in Network.named_parameters())
            writer.Add<float>($"{name}.{key}", TensorValues.InPlace<float>(weights), (int)weights.numel());
        _optimizer.Save(writer);
        foreach (var part in parts) part.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(SafetensorsReader file)
    {
        foreach (var (key, weights) in Network.named_parameters())
            TensorValues.Set(weights, file.Load($"{name}.{key}", (int)weights.numel()).As<float>());
        _optimizer.Load(file);
        foreach (var part in parts) part.Load(file);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _threads.Dispose();
        foreach (var part in parts.OfType<IDisposable>()) part.Dispose();
        foreach (var replica in task.Replicas) replica.Network.Dispose();
    }
}
