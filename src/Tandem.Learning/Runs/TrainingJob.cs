using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Contents;
using Tandem.Learning.Text;
using Tandem.Learning.Training;
using Tandem.Learning.Training.Logs;
using static TorchSharp.torch;

namespace Tandem.Learning.Runs;

/// <summary>What is to be trained, on what, and where it is kept.</summary>
public sealed record TrainingJob(JsonObject Settings, ISplit Split, bool Refit, bool MaskSeen, RunFolder Run)
{
    /// <summary>The trained weights in a run's folder.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>Counts of successors in a run's folder, where they are a part of the model.</summary>
    public const string SuccessorsFile = "successors.safetensors";

    /// <summary>Codes of the items in a run's folder, where they are a part of the model.</summary>
    public const string CodesFile = "codes.txt";

    /// <summary>What makes lists of a generative model's log-probabilities in a run's folder.</summary>
    public const string ListsFile = "lists.safetensors";

    /// <summary>What items are like in a run's folder, where it is a part of the model.</summary>
    public const string ContentsFile = "contents.safetensors";

    /// <summary>What users share of their personal weights in a run's folder, where the model makes some.</summary>
    public const string FactorsFile = "parameters.safetensors";

    /// <summary>From which a training that was cut off goes on.</summary>
    public const string CheckpointFile = "checkpoint.safetensors";

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of a run's weights: what was made with them belongs to them alone.</summary>
    /// <param name="run">Folder of a finished run.</param>
    public static string WeightsHash(string run)
    {
        using var weights = File.OpenRead(Path.Combine(run, WeightsFile));
        return Convert.ToHexStringLower(SHA256.HashData(weights))[..16];
    }

    /// <summary>
    /// Where vectors of items' texts are kept beside the data, for whoever trains on it next; null to keep them in the run's folder.
    /// </summary>
    public string? VectorsFolder { get; init; }

    /// <summary>That the split divides.</summary>
    public SequenceDataset Dataset => Split.Dataset;

    /// <summary>Trains from the sequences of all users; stops after so many epochs.</summary>
    public delegate (TModel Model, TrainingResult Result) Trainer<TModel>(
        TrainingSequences sequences, RankedCases? validation, string checkpoint, IProgress<TrainingProgress> progress, int epochs);

    /// <summary>What may be learned from each user.</summary>
    public TrainingSequences Sequences(bool refit) => Split.Training(refit);

    /// <summary>
    /// Vectors of the items' titles: read from <see cref="VectorsFolder"/>, what is missing encoded and kept there, or in the run's folder
    /// where that cannot be written.
    /// </summary>
    /// <param name="source">The encoder, and perhaps a file to be used instead.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="cancel">Stops between two batches of titles.</param>
    /// <exception cref="ArgumentException">The settings have faults.</exception>
    /// <exception cref="TextException">No item has a title, a file cannot be used, or the encoder gives no vectors.</exception>
    public ItemVectors VectorsOf(TextSource source, IRunProgress progress, CancellationToken cancel)
    {
        var name = TextVectors.FileName(source.Encoder);
        return TextVectors.Of(
            Dataset.Catalog, source, VectorsFolder is null ? null : Path.Combine(VectorsFolder, name), Run.File(name),
            (done, all) => progress.Report("vectors of titles", done, all), cancel);
    }

    /// <summary>By what settings are chosen.</summary>
    public RankedCases Validation => RankedCases.Of(Dataset, Split.Validation.ToArray());

    /// <summary>
    /// Trains until validation says enough; with refit, once more for as many epochs, validation events included. Keeps logs and weights.
    /// </summary>
    /// <param name="name">The model's.</param>
    /// <param name="progress">Receives the progress of both trainings.</param>
    /// <param name="train">Either training.</param>
    /// <param name="scorer">Of the model that is tested.</param>
    /// <param name="onChosen">Gets the model that has not learned validation events, for what else these choose; null for nothing.</param>
    /// <param name="metadata">What the file of the weights says beside them, by name; null for nothing.</param>
    /// <param name="save">Keeps the model's weights; null, the default, for a file of its parameters.</param>
    public TrainedModel TrainTwice<TModel>(
        string name, IRunProgress progress, Trainer<TModel> train, Func<TModel, IItemScorer> scorer, Action<TModel>? onChosen = null,
        IReadOnlyDictionary<string, string>? metadata = null, Action<TModel>? save = null)
        where TModel : nn.Module
    {
        var (model, chosen) = Train(Sequences(refit: false), Validation, CheckpointFile, int.MaxValue, "training", name);
        onChosen?.Invoke(model);
        TrainingResult[] trainings = [chosen];
        if (Refit)
        {
            (model, var last) = Train(Sequences(refit: true), null, "refit.safetensors", chosen.BestEpoch, "refit", $"{name}, refit");
            trainings = [chosen, last];
        }

        if (save is null) Checkpoint.SaveWeights(model, Run.File(WeightsFile), metadata);
        else save(model);
        return new(scorer(model), trainings);

        (TModel, TrainingResult) Train(
            TrainingSequences sequences, RankedCases? validation, string checkpoint, int epochs, string log, string title)
        {
            using var kept = new TrainingLog(Run.Path, log, progress.Training(title));
            return train(sequences, validation, Run.File(checkpoint), kept, epochs);
        }
    }
}

/// <summary>A finished training.</summary>
/// <param name="Scorer">The model.</param>
/// <param name="Trainings">
/// How it went, the choice of epochs first, the refit second; empty for models that are counted, not trained by steps.
/// </param>
/// <param name="Joined">How counts of successors and contents joined it, where they are a part of it.</param>
public sealed record TrainedModel(IItemScorer Scorer, IReadOnlyList<TrainingResult> Trainings, JoinedFit? Joined = null)
{
    /// <summary>How members joined; null but for a composite.</summary>
    public CompositeFit? Composite { get; init; }
}
