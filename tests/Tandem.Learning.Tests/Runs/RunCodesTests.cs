using Tandem.Learning.Runs;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Runs;

/// <summary>The codes of a run belong to its weights.</summary>
public sealed class RunCodesTests : IDisposable
{
    private readonly CodeRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("parallel")]
    [InlineData("generative")]
    public void Codes_that_the_weights_were_not_trained_with_are_refused(string model)
    {
        var trained = _runs.Train(model, "run", withText: false);
        var path = _runs[$"run/{TrainingJob.CodesFile}"];
        var lines = File.ReadAllLines(path);
        (lines[0], lines[^1]) = (Swapped(lines[0], lines[^1]), Swapped(lines[^1], lines[0]));
        File.WriteAllLines(path, lines);
        var e = Assert.Throws<RunException>(() => _runs.Load("run"));
        Assert.StartsWith($"{path}: holds codes ", e.Message, StringComparison.Ordinal);
        Assert.Contains("expected", e.Message, StringComparison.Ordinal);
        Assert.Contains("train it again", e.Message, StringComparison.Ordinal);

        // Weights of an earlier version do not say what they were trained with.
        Checkpoint.SaveWeights(CodeRuns.Network(trained.Trained.Scorer), _runs[$"run/{TrainingJob.WeightsFile}"]);
        Assert.Equal(CodeRuns.Items, _runs.Load("run").ItemCount);
    }

    private static string Swapped(string line, string other) => $"{line.Split(' ')[0]} {other[(other.IndexOf(' ') + 1)..]}";
}
