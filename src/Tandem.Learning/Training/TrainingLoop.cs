using System.Diagnostics;
using Tandem.Data;
using Tandem.Data.Batches;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Epochs of steps, validation, early stop, a checkpoint after each epoch. A run that is cut off and resumed ends with the very
/// same weights as one that is not, on the same machine, whatever the number of threads.
/// </summary>
/// <typeparam name="TBatch">What a step works on.</typeparam>
public sealed class TrainingLoop<TBatch>
    where TBatch : ITrainingBatch
{
    private readonly ITrainingTask<TBatch> _task;
    private readonly TrainingOptions _options;
    private readonly string? _checkpoint;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly nn.Module _network;
    private readonly AdamW _optimizer;
    private readonly IReadOnlyList<ITrainingPart> _parts;
    private readonly ITrainingPart? _judge;
    private TrainingState _state;

    /// <param name="task">What is learned.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="settings">Text that names all settings of the run: a checkpoint of other settings is not resumed.</param>
    /// <param name="checkpoint">Path of the checkpoint file; null to keep none. An existing one is continued.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="parts">
    /// What lives beside the loop, in the order in which it acts, after the average of the weights where the options ask for one.
    /// </param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    /// <exception cref="SafetensorsException">The checkpoint is damaged.</exception>
    /// <exception cref="CheckpointException">The checkpoint belongs to other settings.</exception>
    public TrainingLoop(
        ITrainingTask<TBatch> task, TrainingOptions options, string settings, string? checkpoint = null,
        IProgress<TrainingProgress>? progress = null, IReadOnlyList<ITrainingPart>? parts = null)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (_task, _options, _checkpoint, _progress) = (task, options, checkpoint, progress);
        _network = task.Replicas[0].Network;
        _optimizer = new AdamW([.. task.Replicas.Select(r => r.Network)], options.Optimizer);
        _parts = [.. options.AverageDecay > 0 ? [new WeightAverage(_network, options.AverageDecay)] : (ITrainingPart[])[], .. parts ?? []];
        _judge = _parts.FirstOrDefault(part => part.Judged is not null);
        _state = new TrainingState(new TrainingRecord(settings, [], 0, null, 0), []);
        if (checkpoint is not null && File.Exists(checkpoint))
            _state = Checkpoint.LoadTraining(checkpoint, settings, _network, _optimizer, _parts);
    }

    /// <summary>Trains to the end; the network then holds the best epoch's weights.</summary>
    /// <param name="pauseAfter">
    /// Epochs after which to pause although the schedule goes on; a new loop on the checkpoint continues exactly.
    /// </param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="TrainingException">There is nothing to train on, or the loss is no finite number.</exception>
    public TrainingResult Run(int pauseAfter = int.MaxValue, CancellationToken cancel = default)
    {
        using var threads = new ReplicaThreads(_task.Replicas.Count);
        // For validation, too: sums that depended on the number of threads could choose another epoch.
        using var inner = TorchThreads.One();
        while (_state.Record.Epochs.Count < Math.Min(_options.Epochs, pauseAfter) && _state.Record.WithoutBest < _options.Patience)
        {
            cancel.ThrowIfCancellationRequested();
            var epoch = _state.Record.Epochs.Count + 1;
            var (loss, seconds) = Train(epoch, threads, cancel);
            Judge(new EpochRecord(epoch, loss, seconds, IsValidated(epoch) ? Validate() : null));
            if (_checkpoint is not null) Checkpoint.SaveTraining(_checkpoint, _network, _optimizer, _parts, _state);
        }

        if (_state.BestWeights.Count > 0) Checkpoint.Restore(_network, _state.BestWeights);
        else if (_judge?.Judged is { } judged) Checkpoint.Restore(_network, judged);
        var record = _state.Record;
        var best = record.BestValidation is null ? record.Epochs.Count : record.BestEpoch;
        return new TrainingResult(best, record.BestValidation, record.Epochs);
    }

    private bool IsValidated(int epoch) => epoch % _options.ValidateEvery == 0 || epoch == _options.Epochs;

    /// <summary>Judges the weights of the part that has some, and goes on with the network's own.</summary>
    private double? Validate()
    {
        if (_judge?.Judged is not { } judged) return _task.Validate();
        var own = Checkpoint.Copy(_network);
        Checkpoint.Restore(_network, judged);
        var measure = _task.Validate();
        Checkpoint.Restore(_network, own);
        return measure;
    }

    private (double Loss, double Seconds) Train(int epoch, ReplicaThreads threads, CancellationToken cancel)
    {
        for (var r = 0; r < _task.Replicas.Count; r++)
        {
            _task.Replicas[r].Network.train();
            _task.Replicas[r].Noise.Reseed(NamedSeed.Derive(_options.Seed, "dropout", epoch, r));
        }

        foreach (var part in _parts) part.BeginEpoch(epoch);
        var clock = Stopwatch.StartNew();
        var batches = _task.BeginEpoch(epoch).Chunk(_task.Replicas.Count * (_options.Accumulate ?? 1)).ToArray();
        if (batches.Length == 0)
        {
            throw new TrainingException(
                "there is nothing to train on; expected users with at least two items to learn from; give longer histories");
        }

        var (sum, tokens) = (0.0, 0L);
        for (var i = 0; i < batches.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var step = _optimizer.Steps + 1;
            foreach (var part in _parts) part.BeforeStep(step);
            var loss = StepGradient.Of(_task, batches[i], threads);
            foreach (var part in _parts) part.BeforeUpdate(step);
            _optimizer.Step(batches.Length * _options.Epochs);
            foreach (var part in _parts) part.AfterUpdate(step);
            foreach (var part in _parts) part.AfterStep(step);
            if (!double.IsFinite(loss))
            {
                throw new TrainingException(
                    $"loss is {loss} at epoch {epoch}, step {i + 1}; expected a finite number; lower the learning rate");
            }

            sum += loss;
            tokens += batches[i].Sum(b => b.Tokens);
            _progress?.Report(new(epoch, _options.Epochs, i + 1, batches.Length, sum / tokens, tokens / clock.Elapsed.TotalSeconds, null,
                _optimizer.LearningRate));
        }

        return (sum / tokens, clock.Elapsed.TotalSeconds);
    }

    private void Judge(EpochRecord epoch)
    {
        var record = _state.Record with { Epochs = [.. _state.Record.Epochs, epoch] };
        if (epoch.Validation is { } measure)
        {
            var better = record.BestValidation is not { } best || measure > best;
            record = better
                ? record with { BestEpoch = epoch.Epoch, BestValidation = measure, WithoutBest = 0 }
                : record with { WithoutBest = record.WithoutBest + 1 };
            if (better)
            {
                _state = _state with
                {
                    BestWeights = _judge?.Judged?.ToDictionary(w => w.Key,
                w => (float[])w.Value.Clone()) ?? Checkpoint.Copy(_network)
                };
            }
        }

        _state = _state with { Record = record };
        _progress?.Report(new(epoch.Epoch, _options.Epochs, 0, 0, epoch.Loss, 0, epoch));
    }
}
