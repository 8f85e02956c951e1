using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>Work that nobody watches.</summary>
internal sealed class Unwatched : IRunProgress, IProgress<TrainingProgress>
{
    public static Unwatched Instance { get; } = new();

    public IProgress<TrainingProgress> Training(string name) => this;

    public void Report(string stage, int done, int total)
    {
    }

    public void Report(TrainingProgress value)
    {
    }
}
