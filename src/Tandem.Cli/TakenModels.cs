using Tandem.Chat;
using Tandem.Cli.Chat;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;
using Tandem.Learning.Backbones;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Simulation;

namespace Tandem.Cli;

/// <summary>Models of finished runs, in a simulation in place of such as it would train.</summary>
internal static class TakenModels
{
    /// <summary>Nothing that a model learned may be of what the simulation fits and measures on.</summary>
    private const string Protocol = "loo";

    /// <summary>Requires that a device's model is made of what it is said to be made of.</summary>
    /// <param name="knowledge">Null for anything.</param>
    /// <param name="recipe">Of the model.</param>
    /// <param name="run">It comes from; null where it is trained here.</param>
    /// <exception cref="UsageException">It is not.</exception>
    public static void RequireKnowledge(DeviceKnowledge? knowledge, SequenceRecipe recipe, string? run)
    {
        var hasText = recipe.Text is { Enabled: true };
        if (knowledge is null || hasText == (knowledge == DeviceKnowledge.Compiled)) return;
        throw new UsageException(hasText
            ? $"--device behaviour: the model of {run} knows the text of items; give a run without it, or --device compiled"
            : $"--device compiled: the model {(run is null ? "" : $"of {run} ")}does not know the text of items; train one with "
                + "text.enabled=true and give its run as --device-run");
    }

    /// <summary>The settings with which a run's device model was trained.</summary>
    /// <param name="run">Its folder.</param>
    /// <param name="config">What else asks for settings, and must be null.</param>
    /// <param name="epochs">Likewise.</param>
    /// <exception cref="UsageException">It is no run of a sequence model.</exception>
    public static SequenceRecipe DeviceRecipe(string run, string? config, int? epochs)
    {
        if (config is not null || epochs is not null)
        {
            throw new UsageException($"--device-run {run} brings a trained model, so nothing is left for --device-config or "
                + "--device-epochs to say; leave them out");
        }

        var recipe = RunRecipe.OfRun(run);
        if (ModelKinds.Find(recipe.Model) is not { IsSequenceModel: true })
        {
            throw new UsageException(
                $"--device-run {run}: '{recipe.Model}' is no sequence model; "
                + $"expected a run of {ModelKinds.Names(kind => kind.IsSequenceModel)}");
        }

        return RecipeJson.Read<SequenceRecipe>(recipe.Settings);
    }

    /// <summary>Opens what is asked for; null for nothing.</summary>
    /// <param name="device">Folder of a training run, or null.</param>
    /// <param name="cloud">Folder of a simulation or of a training run, or the address of a service, or null.</param>
    /// <param name="key">For a service; null for none.</param>
    /// <param name="isPrivate">True where a service is told codes in place of items.</param>
    /// <param name="lists">Folder that keeps the cloud's lists, or null.</param>
    /// <param name="chat">Puts a run's lists in order; null for the run's own.</param>
    /// <param name="dataset">Of the simulation.</param>
    /// <param name="options">Of the simulation.</param>
    /// <exception cref="UsageException">A run is not finished, or is one of other data or another protocol.</exception>
    public static TrainedSides? Open(
        string? device, string? cloud, string? key, bool isPrivate, string? lists, ChatModel? chat, SequenceDataset dataset,
        SimulationOptions options)
    {
        if (device is null && options.BundleAge > 0)
        {
            throw new UsageException($"--bundle-age {options.BundleAge}: give the device's model as --device-run, trained under "
                + $"{EarlierTraining.NameOf(options.BundleAge)}");
        }

        if (chat is not null && lists is not null)
            throw new UsageException("--lists keeps the lists of a run and none of a chat model; leave --lists or --chat out");
        if (ServiceAddress.Of(cloud) is { } address)
        {
            if (chat is not null)
                throw new UsageException("--chat is of a run; a service has its own: start it with 'tandem serve --chat'");
            if (lists is not null)
                throw new UsageException("--lists keeps the lists of a run; a service makes them anew, so leave --lists out");
            return new(
                device is null ? null : OpenDevice(device, dataset, options), cloud, ServiceAddress.Open(
                    address, key, dataset.Catalog.Version, isPrivate));
        }

        if (isPrivate) throw new UsageException("--private is of a service; give its address as --cloud");

        var generator = cloud is not null && File.Exists(Path.Combine(cloud, RunRecipe.FileName)) ? OpenCloud(cloud, dataset) : null;
        if (lists is not null && generator is null)
            throw new UsageException("--lists keeps the lists of a run of 'tandem train'; give one as --cloud, or leave --lists out");
        if (chat is not null && generator is null)
            throw new UsageException("--chat puts the lists of a run of 'tandem train' in order; give one as --cloud, or leave --chat out");
        if (generator is not null) generator = ChatArgument.Over(generator, chat, dataset.Catalog);
        if (cloud is not null && generator is null) RequireSimulated(cloud, dataset);
        var kept = lists is null ? null : new ListFiles(lists, TrainingJob.WeightsHash(cloud!));
        return device is null && cloud is null
            ? null
            : new(device is null ? null : OpenDevice(device, dataset, options), cloud, generator, kept);
    }

    /// <summary>
    /// Lists that a language model writes, or the best items of any other model that scores them. Trained on s[:-2], it knows events that
    /// a lagging cloud has not received.
    /// </summary>
    private static ICandidateGenerator OpenCloud(string run, SequenceDataset dataset)
    {
        var recipe = FinishedRun.Require("--cloud", run, dataset);
        RequireProtocol(recipe, $"--cloud {run}", Protocol);
        return CloudLists.Open(run, dataset);
    }

    private static void RequireProtocol(RunRecipe recipe, string option, string protocol)
    {
        if (recipe.Protocol != protocol)
        {
            throw new UsageException($"{option}: trained under {recipe.Protocol}, this simulation measures a model trained under "
                + $"{protocol}; train it again with --protocol {protocol}");
        }
    }

    private static TrainedDevice OpenDevice(string run, SequenceDataset dataset, SimulationOptions options)
    {
        var recipe = FinishedRun.Require("--device-run", run, dataset);
        RequireProtocol(recipe, $"--device-run {run}", EarlierTraining.NameOf(options.BundleAge));
        if (recipe.MaskSeen != options.ExcludeConsumed)
        {
            throw new UsageException($"--device-run {run}: seen items are {Masked(recipe.MaskSeen)} there and "
                + $"{Masked(options.ExcludeConsumed)} here; give --repeats to both or neither");
        }

        using var scorer = (SequenceScorer)ModelKinds.Find(recipe.Model).Load(recipe.Settings, dataset, run); // the model outlives it
        return new(run, scorer.Model, scorer.Successors, scorer.Contents, scorer.Factors);
    }

    private static string Masked(bool isMasked) => isMasked ? "masked" : "not masked";

    private static void RequireSimulated(string run, SequenceDataset dataset)
    {
        var dataFolder = Path.Combine(run, "dataset");
        if (!File.Exists(Path.Combine(run, RunFolder.SimulatedCloud)) || !File.Exists(Path.Combine(run, RunFolder.ResultFile))
            || !DatasetFolder.Exists(dataFolder))
        {
            throw new UsageException($"--cloud {run}: no finished run of 'tandem simulate' or 'tandem train' "
                + $"({RunFolder.SimulatedCloud} or {RunFolder.ResultFile} is missing)");
        }

        var kept = DatasetFolder.Read(dataFolder);
        if (kept.Hash != dataset.Hash)
        {
            throw new UsageException(
                $"--cloud {run}: trained on '{kept.Name}' ({kept.Hash}, items numbered by seed {kept.Seed}), the simulation is of "
                + $"'{dataset.Name}' ({dataset.Hash}, seed {dataset.Seed}); give it the same --data and --seed");
        }
    }
}
