using Tandem.Learning.Graphs;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Runs;

/// <summary>Weights that a training takes knowledge from: those of a finished run of any model, or of a pretrained network.</summary>
internal static class TransferredRun
{
    private const string Setting = "transfer.from";

    /// <summary>Reads them; null where the settings ask for none, or for those of a model that is trained beside.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="job">Of the training.</param>
    /// <exception cref="RunException">
    /// The run is not finished, of other data, or has learned events that this training may not learn; or there is no such file.
    /// </exception>
    /// <exception cref="SafetensorsException">The file is damaged.</exception>
    public static TransferSource? Read(TransferOptions? options, TrainingJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (options is not { IsOn: true, From: { } from } || from == TransferOptions.Beside) return null;
        var source = File.Exists(Path.Combine(from, RunRecipe.FileName)) && !IsRegistered(from)
            ? OfRun(from, options, job)
            : TransferSource.Of(SourceWeights.Read(from, Wanted(options)) ?? throw new RunException(Directory.Exists(from)
                ? $"{Setting} {from}: the folder holds neither a run nor a model; expected one of: {SourceWeights.Known}"
                : $"{Setting} {from}: there is no such folder or file; expected one of: {SourceWeights.Known}"));
        var broken = source.Tensors.FirstOrDefault(t => t.Value.Values.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue));
        return broken.Key is null
            ? source
            : throw new RunException($"{Setting} {from}: tensor '{broken.Key}' holds NaN or an infinity, expected finite numbers");
    }

    private static bool IsRegistered(string from) => WeightSources.Find(from) is not null;

    private static TransferSource OfRun(string from, TransferOptions options, TrainingJob job)
    {
        var its = FinishedRun.RequireUnseen(Setting, from, job);
        var weights = SafetensorsFile.Load(Path.Combine(from, TrainingJob.WeightsFile));
        return TransferSource.Of(weights, options.Control == TransferControl.Untrained ? Untrained(its, job) : null);
    }

    /// <summary>
    /// Of a pretrained network the matrices that pairs name, or, where none are named, those of layers: tables of words and positions have
    /// rows that stand for nothing in a recommender. Row-aligned adapters, which are for tables, get them all.
    /// </summary>
    private static Func<string, bool> Wanted(TransferOptions options)
    {
        if (options.Pairs is null) return options.Adapter == AdapterKind.RowAligned ? _ => true : TransferPairs.IsOfLayer;
        var named = options.Pairs.SelectMany(pair => pair.Sources).Select(source => ParameterView.Parse(source).Name).ToHashSet();
        return named.Contains;
    }

    /// <summary>Refuses what cannot be transferred to a sequence model; nothing is written yet.</summary>
    /// <param name="recipe">Of the model.</param>
    /// <param name="job">Of its training.</param>
    /// <exception cref="RunException">As <see cref="Read"/>, or a matrix is not there or does not fit.</exception>
    public static void Require(SequenceRecipe recipe, TrainingJob job)
    {
        using var scope = NewDisposeScope();
        Require(
            recipe.Transfer, Read(recipe.Transfer, job) ?? Beside(recipe, job), recipe.Training.Seed,
            () => (recipe with { Parameters = null }).Build(job.Dataset.Catalog.Count));
    }

    /// <summary>Refuses what cannot be transferred to DIN; nothing is written yet.</summary>
    /// <inheritdoc cref="Require(SequenceRecipe, TrainingJob)"/>
    public static void Require(DinRecipe recipe, TrainingJob job)
    {
        using var scope = NewDisposeScope();
        Require(
            recipe.Transfer, Read(recipe.Transfer, job), recipe.Training.Seed,
            () => (recipe with { Parameters = null }).Build(job.Dataset.Catalog.Count));
    }

    private static void Require(TransferOptions? options, TransferSource? source, int seed, Func<nn.Module> build)
    {
        if (source is null) return;
        using var model = build();
        try
        {
            using var transfer = new TransferLearning([model], source, options!, seed);
        }
        catch (ArgumentException e)
        {
            throw new RunException(e.Message);
        }
    }

    private static TransferSource? Beside(SequenceRecipe recipe, TrainingJob job)
    {
        if (!recipe.IsBeside) return null;
        using var network = ModelBeside.RecipeOf(recipe).Build(job.Dataset.Catalog.Count);
        return TransferSource.Of(network);
    }

    /// <summary>The network as it was drawn; null for models that are no sequence model.</summary>
    private static TransferSource? Untrained(RunRecipe its, TrainingJob job)
    {
        if (!ModelKinds.Find(its.Model).IsSequenceModel) return null;
        using var scope = NewDisposeScope();
        using var network = (RecipeJson.Read<SequenceRecipe>(its.Settings) with { Parameters = null }).Build(job.Dataset.Catalog.Count);
        return TransferSource.Of(network);
    }
}
