using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>Who watches long work: trainings, and stages of known length.</summary>
public interface IRunProgress
{
    /// <summary>A training begins; what is returned receives its steps.</summary>
    IProgress<TrainingProgress> Training(string name);

    /// <summary>A stage of known length has come this far.</summary>
    void Report(string stage, int done, int total);
}
