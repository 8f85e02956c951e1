namespace Tandem.Learning.Training.Logs;

/// <summary>
/// Keeps a training's course in its folder: <c>training.csv</c> with a line per epoch, and event files for TensorBoard under
/// <c>tensorboard/training</c>. A continued run goes on in both: no epoch is lost, none is there twice.
/// </summary>
/// <remarks>
/// Columns of the table: epoch, steps, loss (nats), seconds (validation not counted), validation (empty where the epoch was not
/// validated), tokensPerSecond. Tags of the events: <c>step/mean_loss</c> (the epoch's mean so far), <c>step/learning_rate</c>,
/// <c>epoch/loss</c>, <c>epoch/validation</c>, <c>epoch/tokens_per_second</c>. Nothing is written before the first step, so a finished run
/// that is opened again stays as it is.
/// </remarks>
/// <param name="folder">The run's; must exist.</param>
/// <param name="name">Of the table and of the folder of events: a run may train more than once. Default <c>training</c>.</param>
/// <param name="next">Receives the same, after it is written; null for nobody.</param>
public sealed class TrainingLog(string folder, string name = "training", IProgress<TrainingProgress>? next = null)
    : IProgress<TrainingProgress>, IDisposable
{
    private EpochTable? _table;
    private EventFile? _events;
    private TrainingProgress? _last;

    /// <summary>Steps between two events of a step, at least 1. Default 50: a few hundred points for a training on Beauty.</summary>
    public int EverySteps { get; init; } = 50;

    /// <summary>Dates the events. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    /// <exception cref="TrainingException">The folder's table holds something else.</exception>
    public void Report(TrainingProgress value)
    {
        if (value.Finished is { } epoch) Finish(epoch);
        else Step(value);
        next?.Report(value);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => _events?.Dispose();

    private void Step(TrainingProgress progress)
    {
        if (_table is null || _events is null) (_table, _events) = Open(progress.Epoch);
        _last = progress;
        var step = _table.Steps + progress.Step;
        if (step % EverySteps != 0) return;
        _events.Add("step/mean_loss", progress.Loss, step);
        _events.Add("step/learning_rate", progress.LearningRate, step);
        _events.Flush();
    }

    private void Finish(EpochRecord epoch)
    {
        if (_table is null || _events is null || _last is null) return; // an epoch without a step is none
        _table.Append(new EpochRow(epoch.Epoch, _last.Step, epoch.Loss, epoch.Seconds, epoch.Validation, _last.TokensPerSecond));
        _events.Add("epoch/loss", epoch.Loss, epoch.Epoch);
        if (epoch.Validation is { } measure) _events.Add("epoch/validation", measure, epoch.Epoch);
        _events.Add("epoch/tokens_per_second", _last.TokensPerSecond, epoch.Epoch);
        _events.Flush();
    }

    private (EpochTable Table, EventFile Events) Open(int epoch)
    {
        var table = new EpochTable(Path.Combine(folder, name + ".csv"), epoch);
        return (table, new EventFile(Path.Combine(folder, "tensorboard", name), table.Steps + 1, Time));
    }
}
