using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning;
using Tandem.Learning.Training;
using Tandem.Simulation;
using static TorchSharp.torch;

namespace Tandem.Cli.Models;

/// <summary>What is to be trained, on what, and where it is kept.</summary>
internal sealed record TrainingJob(JsonObject Settings, ISplit Split, bool Refit, bool MaskSeen, RunFolder Run)
{
    /// <summary>The trained weights in a run's folder.</summary>
    public const string WeightsFile = "model.safetensors";

    public SequenceDataset Dataset => Split.Dataset;

    /// <summary>Trains from a sequence of each user; stops after so many epochs.</summary>
    public delegate (TModel Model, TrainingResult Result) Trainer<TModel>(
        Func<int, History> sequence, RankedCases? validation, string checkpoint, IProgress<TrainingProgress> progress, int epochs);

    /// <summary>What may be learned from a user.</summary>
    public Func<int, History> Sequence(bool refit) =>
        user => Dataset.Prefix(user, refit ? Split.RefitLength(user) : Split.TrainLength(user));

    /// <summary>Trains until validation says enough; with refit, once more for as many epochs, validation events included. Keeps the weights.</summary>
    public TrainedModel TrainTwice<TModel>(string name, ISimulationProgress progress, Trainer<TModel> train, Func<TModel, IItemScorer> scorer)
        where TModel : nn.Module
    {
        var validation = RankedCases.Of(Dataset, Split.Validation.ToArray());
        var (model, chosen) = train(Sequence(refit: false), validation, Run.File("checkpoint.safetensors"), progress.Training(name), int.MaxValue);
        TrainingResult[] trainings = [chosen];
        if (Refit)
        {
            (model, var last) = train(Sequence(refit: true), null, Run.File("refit.safetensors"), progress.Training($"{name}, refit"), chosen.BestEpoch);
            trainings = [chosen, last];
        }

        Checkpoint.SaveWeights(model, Run.File(WeightsFile));
        return new(scorer(model), trainings);
    }
}

/// <summary>A finished training.</summary>
/// <param name="Scorer">The model.</param>
/// <param name="Trainings">How it went, the choice of epochs first, the refit second; empty for models that are counted, not trained by steps.</param>
internal sealed record TrainedModel(IItemScorer Scorer, IReadOnlyList<TrainingResult> Trainings);
