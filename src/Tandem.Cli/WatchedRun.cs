using Spectre.Console;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;

namespace Tandem.Cli;

/// <summary>Shows long work on standard error: bars with rate and time left on a terminal, a line per epoch or stage elsewhere.</summary>
internal abstract class WatchedRun : IRunProgress
{
    public static T Show<T>(Func<IRunProgress, T> work)
    {
        if (!Terminal.Error.Profile.Capabilities.Interactive || Console.IsErrorRedirected) return work(new Lines());
        return Terminal.Error.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(context => work(new Bars(context)));
    }

    public abstract IProgress<TrainingProgress> Training(string name);

    public abstract void Report(string stage, int done, int total);

    private static string Describe(string name, EpochRecord epoch)
    {
        var validation = epoch.Validation is { } measure ? FormattableString.Invariant($", validation NDCG@10 {measure:0.0000}") : "";
        return FormattableString.Invariant($"{name}: epoch {epoch.Epoch}, loss {epoch.Loss:0.0000}, {epoch.Seconds:0.00} s{validation}");
    }

    private sealed class Lines : WatchedRun
    {
        private string? _stage;

        public override IProgress<TrainingProgress> Training(string name) => new Watcher(progress =>
        {
            if (progress.Finished is { } epoch) Terminal.Error.PrintLine(Describe(name, epoch));
        });

        public override void Report(string stage, int done, int total)
        {
            if (stage != _stage) Terminal.Error.PrintLine($"{stage} ...");
            _stage = stage;
            if (done == total) Terminal.Error.PrintLine($"{stage}: {total} done");
        }
    }

    private sealed class Bars(ProgressContext context) : WatchedRun
    {
        private readonly Dictionary<string, ProgressTask> _stages = [];

        public override IProgress<TrainingProgress> Training(string name)
        {
            var bar = context.AddTask(name);
            var best = "";
            return new Watcher(progress =>
            {
                if (progress.Finished is { } epoch)
                {
                    if (epoch.Validation is { } measure) best = FormattableString.Invariant($", validation {measure:0.0000}");
                    return;
                }

                bar.MaxValue = (double)progress.Epochs * progress.Steps;
                bar.Value = (double)(progress.Epoch - 1) * progress.Steps + progress.Step;
                bar.Description = FormattableString.Invariant(
                    $"{name}: epoch {progress.Epoch}, loss {progress.Loss:0.000}, {progress.TokensPerSecond / 1000:0} k events/s{best}");
            });
        }

        public override void Report(string stage, int done, int total)
        {
            if (!_stages.TryGetValue(stage, out var bar)) _stages[stage] = bar = context.AddTask(stage);
            (bar.MaxValue, bar.Value) = (total, done);
        }
    }

    /// <summary>Reports on the caller's thread: <see cref="Progress{T}"/> would hand over to the pool and lose the order.</summary>
    private sealed class Watcher(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
