using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

/// <summary>Calls back at once on the training's own thread, which <see cref="Progress{T}"/> does not.</summary>
internal sealed class OnProgress(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => report(value);
}
