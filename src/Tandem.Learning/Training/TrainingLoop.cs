using System.Diagnostics;
using Tandem.Data;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// Epochs of steps, validation, early stop, a checkpoint after each epoch. A run that is cut off and resumed ends with the very
/// same weights as one that is not, on the same machine and thread count.
/// </summary>
public sealed class TrainingLoop
{
    private readonly ITrainingTask _task;
    private readonly TrainingOptions _options;
    private readonly string? _checkpoint;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly AdamW _optimizer;
    private TrainingState _state;

    /// <param name="task">What is learned.</param>
    /// <param name="options">Checked by the caller.</param>
    /// <param name="settings">Text that names all settings of the run: a checkpoint of other settings is not resumed.</param>
    /// <param name="checkpoint">Path of the checkpoint file; null to keep none. An existing one is continued.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <exception cref="SafetensorsException">The checkpoint is damaged.</exception>
    /// <exception cref="CheckpointException">The checkpoint belongs to other settings.</exception>
    public TrainingLoop(
        ITrainingTask task, TrainingOptions options, string settings, string? checkpoint = null, IProgress<TrainingProgress>? progress = null)
    {
        (_task, _options, _checkpoint, _progress) = (task, options, checkpoint, progress);
        _optimizer = new AdamW(task.Network, options.Optimizer);
        _state = new TrainingState(new TrainingRecord(settings, [], 0, null, 0), []);
        if (checkpoint is not null && File.Exists(checkpoint))
            _state = Checkpoint.LoadTraining(checkpoint, settings, task.Network, _optimizer);
    }

    /// <summary>Trains to the end; the network then holds the best epoch's weights.</summary>
    /// <exception cref="TrainingException">There is nothing to train on, or the loss is no finite number.</exception>
    public TrainingResult Run(CancellationToken cancel = default)
    {
        while (_state.Record.Epochs.Count < _options.Epochs && _state.Record.WithoutBest < _options.Patience)
        {
            cancel.ThrowIfCancellationRequested();
            var epoch = _state.Record.Epochs.Count + 1;
            var (loss, seconds) = Train(epoch, cancel);
            Judge(new EpochRecord(epoch, loss, seconds, IsValidated(epoch) ? _task.Validate() : null));
            if (_checkpoint is not null) Checkpoint.SaveTraining(_checkpoint, _task.Network, _optimizer, _state);
        }

        if (_state.BestWeights.Count > 0) Checkpoint.Restore(_task.Network, _state.BestWeights);
        var record = _state.Record;
        var best = record.BestValidation is null ? record.Epochs.Count : record.BestEpoch;
        return new TrainingResult(best, record.BestValidation, record.Epochs);
    }

    private bool IsValidated(int epoch) => epoch % _options.ValidateEvery == 0 || epoch == _options.Epochs;

    private (double Loss, double Seconds) Train(int epoch, CancellationToken cancel)
    {
        _task.Network.train();
        _task.Noise.Reseed(NamedSeed.Derive(_options.Seed, "dropout", epoch));
        var clock = Stopwatch.StartNew();
        var batches = _task.BeginEpoch(epoch);
        if (batches.Count == 0)
            throw new TrainingException("there is nothing to train on; expected users with at least two items to learn from; give longer histories");
        var (sum, tokens) = (0.0, 0L);
        for (var i = 0; i < batches.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var loss = _task.Loss(batches[i]);
            loss.backward();
            _optimizer.Step();
            var value = loss.item<float>();
            if (!float.IsFinite(value))
                throw new TrainingException($"loss is {value} at epoch {epoch}, step {i + 1}; expected a finite number; lower the learning rate");
            sum += value * batches[i].Tokens;
            tokens += batches[i].Tokens;
            _progress?.Report(new(epoch, _options.Epochs, i + 1, batches.Count, sum / tokens, tokens / clock.Elapsed.TotalSeconds, null));
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
            if (better) _state = _state with { BestWeights = Checkpoint.Copy(_task.Network) };
        }

        _state = _state with { Record = record };
        _progress?.Report(new(epoch.Epoch, _options.Epochs, 0, 0, epoch.Loss, 0, epoch));
    }
}
