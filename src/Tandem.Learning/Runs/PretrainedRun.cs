using System.Text.Json.Nodes;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>Weights of a finished run, for a training that goes on from them.</summary>
internal static class PretrainedRun
{
    private const string Setting = "pretrained.run";

    /// <summary>Reads them.</summary>
    /// <param name="model">Name of the model that is trained.</param>
    /// <param name="recipe">Of its training.</param>
    /// <param name="run">Folder of the run.</param>
    /// <param name="job">Of the training.</param>
    /// <exception cref="RunException">
    /// The run is not finished, of another model, of other data, or has learned events that this training may not learn.
    /// </exception>
    public static PretrainedWeights Read(string model, SequenceRecipe recipe, string run, TrainingJob job)
    {
        var its = FinishedRun.Require(Setting, run, job.Dataset);
        if (its.Model != model) throw new RunException($"{Setting} {run}: a run of '{its.Model}'; expected one of '{model}'");
        var kind = ModelKinds.Find(model);
        if (SettingsDifference.Find(Shape(kind, its.Settings), Shape(kind, RecipeJson.ToNode(recipe))) is { } difference)
            throw new RunException($"{Setting} {run}: {difference.Describe("the run")}");
        var protocol = SplitProtocol.WithoutRefit(job.Split.Protocol);
        if (its.Protocol != protocol && !(protocol == EarlierTraining.NameOf(0) && EarlierTraining.AgeIn(its.Protocol) is not null))
        {
            throw new RunException($"{Setting} {run}: trained under {its.Protocol}, and this is {job.Split.Protocol}; it must not have "
                + $"learned what this training may not: expected {protocol}"
                + $"{(protocol == EarlierTraining.NameOf(0) ? " or loo-age-N" : "")}");
        }

        using var scorer = (SequenceScorer)kind.Load(its.Settings, job.Dataset, run);
        return new(Checkpoint.Copy(scorer.Model), TrainingJob.WeightsHash(run));
    }

    /// <summary>The settings that weights depend on.</summary>
    private static JsonObject Shape(ModelKind kind, JsonObject settings)
    {
        var all = kind.Defaults();
        RecipeJson.Merge(all, settings);
        var backbone = (JsonObject)all["backbone"]!.DeepClone();
        backbone.Remove("dropout");
        return new() { ["backbone"] = backbone, ["normalized"] = all["normalized"]?.DeepClone() };
    }
}
