using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>A finished run that a training learns from beside the data.</summary>
internal static class TeacherRun
{
    private const string Setting = "distillation.from";

    /// <summary>Refuses a run that cannot teach.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="job">Of the student.</param>
    /// <returns>Its recipe; null where the settings ask for none.</returns>
    /// <exception cref="RunException">
    /// It is not finished, of other data, has learned events that the student may not learn, or has no scores of the kind that is asked
    /// for.
    /// </exception>
    public static RunRecipe? Require(DistillationOptions? options, TrainingJob job)
    {
        if (options is not { IsOn: true, From: { } from }) return null;
        var its = FinishedRun.RequireUnseen(Setting, from, job);
        return options.Kind == DistillationKind.Ranking || ModelKinds.Find(its.Model).IsSequenceModel
            ? its
            : throw new RunException($"{Setting} {from}: a run of '{its.Model}', whose scores are no logits; expected one of "
                + $"{ModelKinds.Names(kind => kind.IsSequenceModel)}, or distillation.kind=ranking");
    }

    /// <summary>Asks it about every place of the sequences; null where the settings ask for none.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="job">Of the student.</param>
    /// <param name="sequences">What the student learns.</param>
    /// <param name="report">Receives what is done of how many.</param>
    /// <param name="cancel">Stops between two batches.</param>
    /// <exception cref="RunException">As <see cref="Require"/>.</exception>
    public static TeacherKnowledge? Ask(
        DistillationOptions? options, TrainingJob job, TrainingSequences sequences, Action<string, int, int> report,
        CancellationToken cancel)
    {
        if (Require(options, job) is not { } its) return null;
        var from = options!.From!;
        if (options.Kind == DistillationKind.Ranking)
        {
            var lists = CloudLists.Of(
                CloudLists.Open(from, job.Dataset), new TrainingPlaces(sequences).Cases, options.Lists, job.MaskSeen,
                (done, all) => report("the teacher's lists", done, all), cancel);
            return new TeacherLists(options, sequences, lists);
        }

        using var scorer = (SequenceScorer)ModelKinds.Find(its.Model).Load(its.Settings, job.Dataset, from);
        using var model = scorer.Model;
        var temperature = RecipeJson.Read<SequenceRecipe>(its.Settings).Loss.Temperature;
        return TeacherScores.Of(
            options, model, temperature, sequences, (done, all) => report("the teacher's states", done, all), cancel);
    }
}
