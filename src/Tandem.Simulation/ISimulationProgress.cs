using Tandem.Learning.Training;

namespace Tandem.Simulation;

/// <summary>Who watches a simulation.</summary>
public interface ISimulationProgress
{
    /// <summary>A training begins; what is returned receives its steps.</summary>
    IProgress<TrainingProgress> Training(string name);

    /// <summary>A stage of known length has come this far.</summary>
    void Report(string stage, int done, int total);
}
