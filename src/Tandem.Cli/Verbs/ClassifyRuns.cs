using System.Globalization;
using System.Text.Json;
using Tandem.Learning.Classification;
using Tandem.Learning.Runs;

namespace Tandem.Cli.Verbs;

/// <summary>
/// Trainings of an experiment, each in a folder of its own with its weights and what it told right; one that is there is not trained again.
/// </summary>
internal sealed class ClassifyRuns
{
    private const string Study = "classify.json", Result = "result.json", Weights = "model.safetensors";

    private readonly RunFolder _run;

    /// <exception cref="RunException">The folder holds an experiment on other examples, or another model's.</exception>
    public ClassifyRuns(ClassifyPlan plan, ClassifySubject subject, RunFolder run)
    {
        (Plan, Subject, _run) = (plan, subject, run);
        foreach (var arm in plan.Arms) subject.Study.Require(arm);
        var asked = RunJson.ToLine(new
        {
            plan.Model,
            From = subject.Source,
            Examples = subject.Examples.Hash,
            plan.Options,
            plan.Pairs,
            plan.Transfer,
            plan.Distillation,
        });
        var path = run.File(Study);
        if (File.Exists(path))
        {
            var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllText(path), JsonSerializerOptions.Web)?.Settings;
            if (kept != asked) throw run.Refusal($"holds another experiment: {kept}, and this is {asked}");
            return;
        }

        Directory.CreateDirectory(run.Path);
        RunJson.Save(new Kept(asked), path);
    }

    public ClassifyPlan Plan { get; }

    public ClassifySubject Subject { get; }

    /// <summary>A training that is there, or is made now.</summary>
    public ClassifyResult Train(ClassificationArm arm, double share, double rate, int seed, CancellationToken cancel) =>
        Read(Name(arm.Name, share, seed) + string.Create(CultureInfo.InvariantCulture, $"-{rate}"), folder =>
        {
            var trained = Subject.Study.Train(
                arm, share, seed, Plan.Options with { LearningRate = rate }, Path.Combine(folder, Weights), cancel);
            return new(
                trained.Validation, trained.Test, trained.BestStep, trained.Parameters, trained.SecondsPerStep, Marks(trained.Right));
        });

    /// <summary>What the teacher of a seed's labels tells right.</summary>
    public ClassifyResult Teach(double share, int seed) => Read(Name("teacher", share, seed), _ =>
    {
        var (validation, right) = Subject.Study.Teach(share, seed);
        return new(validation, right.Count(isRight => isRight) / (double)right.Length, 0, 0, 0, Marks(right));
    });

    private ClassifyResult Read(string name, Func<string, ClassifyResult> make)
    {
        var folder = _run.File(name);
        var path = Path.Combine(folder, Result);
        if (File.Exists(path) && JsonSerializer.Deserialize<ClassifyResult>(File.ReadAllText(path), JsonSerializerOptions.Web) is { } kept)
            return kept;
        Directory.CreateDirectory(folder);
        Terminal.Error.PrintLine($"{name} ...");
        var made = make(folder);
        RunJson.Save(made, path);
        Terminal.Error.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: validation {made.Validation:0.0000}, test {made.Test:0.0000}, {1000 * made.SecondsPerStep:0.0} ms a step"));
        return made;
    }

    private static string Name(string arm, double share, int seed) =>
        string.Create(CultureInfo.InvariantCulture, $"{arm}-{share}-{seed}");

    private static string Marks(IReadOnlyList<bool> right) => string.Concat(right.Select(isRight => isRight ? '1' : '0'));

    private sealed record Kept(string Settings);
}
