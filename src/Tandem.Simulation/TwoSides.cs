using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Export;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Runs;
using Tandem.Learning.Successors;
using Tandem.Learning.Training;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Items;

namespace Tandem.Simulation;

/// <summary>Both sides of the loop, trained on what each may know: the device's bundle and the cloud's generator.</summary>
/// <remarks>
/// The device's model learns from s[:-2], all that precedes the validation target. The cloud never receives a user's last d events,
/// so its model learns from s[:-2-d] only; a model that had learned the missing events would spend its lists on them. Neither has
/// seen a validation or a test target.
/// </remarks>
public sealed class TwoSides
{
    /// <summary>Enough for a standard error of NDCG@10 near .003, few enough that lists cost less than an epoch.</summary>
    private const int MostCloudValidationUsers = 4000;

    private const int LeastPublished = 3;   // events before the lag, two targets behind it: users of seven events at d = 2

    private readonly SequenceModel _model;
    private readonly DeviceBundleOptions _shipped;
    private readonly string _folder;
    private readonly DeviceModel? _bare;    // without a table

    private TwoSides(SequenceModel model, DeviceBundleOptions shipped, string folder, DeviceItems items)
    {
        (_model, _shipped, _folder) = (model, shipped, folder);
        // As trained: beside the cloud's model the loop compares, not roundings.
        Whole = Open("bundle", ItemStorage.Full);
        if (items == DeviceItems.Slices) _bare = Open("bundle-without-table", ItemStorage.None);
    }

    /// <summary>The device's model, read back from the exported bundle; without an item table where its rows come with lists.</summary>
    public DeviceModel Device => _bare ?? Whole;

    /// <summary>What makes weights for each user of <see cref="Device"/>; null where the model makes none.</summary>
    public UserParameters? Parameters => _model.Parameters is null
        ? null
        : new(new SequenceScorer(_model, _shipped.Successors, _shipped.Contents) { Factors = _shipped.Factors });

    /// <summary>The cloud's generator.</summary>
    public required ICandidateGenerator Cloud { get; init; }

    private DeviceModel Whole { get; }

    /// <summary>How the device's model was trained; null where it was trained already.</summary>
    public TrainingResult? DeviceTraining { get; private init; }

    /// <summary>How counts of successors joined the device's model; null where they are no part of it, or were chosen already.</summary>
    public SuccessorFit? DeviceSuccessors { get; private init; }

    /// <summary>How the cloud's model was trained; null where its lists come from another that was trained already.</summary>
    public TrainingResult? CloudTraining { get; private init; }

    /// <summary>Trains both, or continues from the checkpoints in the folder, and exports the bundle.</summary>
    /// <param name="dataset">Its catalogue's semantic ids are used where it has them, else they are made from the device's items.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="folder">Receives checkpoints and the bundle.</param>
    /// <param name="progress">Receives the steps of both trainings.</param>
    /// <param name="trained">What there is already and is not trained; null for nothing.</param>
    /// <param name="cancel">Stops between two steps; a later call continues.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    /// <exception cref="CheckpointException">A checkpoint, that of a trained cloud model included, is of other settings or
    /// data.</exception>
    public static TwoSides Train(
        SequenceDataset dataset, SimulationOptions options, string folder, IRunProgress progress, TrainedSides? trained = null,
        CancellationToken cancel = default)
    {
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        var split = new LeaveOneOut(dataset);
        var (model, deviceResult, fit, successors) = trained?.Device is { } device
            ? (device.Model, null, null, device.Successors)
            : TrainDevice(split, options, folder, progress, cancel);
        var shipped = DeviceBundleOptions.For(dataset) with
        {
            Successors = successors,
            Contents = trained?.Device?.Contents ?? [],
            Factors = trained?.Device?.Factors,
        };
        if (trained?.Cloud is { } cloud)
        {
            return new(model, shipped, folder, options.DeviceItems)
            {
                Cloud = cloud,
                DeviceTraining = deviceResult,
                DeviceSuccessors = fit,
            };
        }

        var (generator, cloudResult) = TrainCloud(dataset, split, model, options, trained?.CloudRun ?? folder, progress, cancel);
        return new(model, shipped, folder, options.DeviceItems)
        {
            Cloud = generator,
            DeviceTraining = deviceResult,
            DeviceSuccessors = fit,
            CloudTraining = cloudResult,
        };
    }

    /// <summary>The cloud as devices reach it.</summary>
    /// <param name="options">Of the simulation.</param>
    /// <param name="lists">Keeps the lists of a cloud that was trained here; those of another have their own place or none.</param>
    /// <param name="trained">What of both sides there was already.</param>
    public InProcessCloud Connect(SimulationOptions options, string lists, TrainedSides? trained)
    {
        var kept = trained?.Lists ?? (trained?.Cloud is null ? new ListFiles(lists, Cloud.ModelVersion) : null);
        return new(Cloud, kept)
        {
            Slices = _bare is null
                ? null
                : new(_model, _bare.CatalogVersion, _bare.Version, _bare.Successors, _shipped.Contents, options.SuccessorRows),
        };
    }

    /// <summary>Writes the bundle that devices get: int8 rows, and the rules by which it works with this cloud.</summary>
    public void Ship(CollaborationRules rules) =>
        DeviceBundle.Write(_model, Path.Combine(_folder, "bundle"), _shipped with { Collaboration = rules });

    private DeviceModel Open(string name, ItemStorage items)
    {
        var path = Path.Combine(_folder, name);
        DeviceBundle.Write(_model, path, _shipped with { Items = items });
        return DeviceModel.Open(path);
    }

    private static (ICandidateGenerator Generator, TrainingResult Result) TrainCloud(
        SequenceDataset dataset, LeaveOneOut split, SequenceModel device, SimulationOptions options, string folder, IRunProgress progress,
        CancellationToken cancel)
    {
        var ids = options.Mode == SimulationMode.Paper ? NumberCodes.Of(dataset, options.Numbering) : Name(dataset, device, options.Seed);
        var (language, result) = options.Cloud.Train(
            dataset, ids, dataset.Prefixes(user => CloudLength(split, options, user)), CloudValidation(split, options),
            Path.Combine(folder, RunFolder.SimulatedCloud), progress.Training("cloud model"), cancel);
        var search = new ItemSearch(language, new ItemTrie(ItemTokens.Of(ids)), options.Cloud.Window);
        return (new GenerativeCandidates(search, dataset.Catalog.Version, $"semantic-id llama, seed {options.Seed}"), result);
    }

    /// <summary>
    /// Events of a user that the cloud learns: s[:-2-d], or in the paper's mode s[:-3-d] of users with d + 5 events or more, as the
    /// published program cuts them.
    /// </summary>
    private static int CloudLength(LeaveOneOut split, SimulationOptions options, int user)
    {
        var length = split.TrainLength(user) - options.Lag;
        return options.Mode == SimulationMode.Clean ? Math.Max(0, length) : length >= LeastPublished ? length - 1 : 0;
    }

    private static (SequenceModel Model, TrainingResult? Result, SuccessorFit? Fit, CountedSuccessors? Counted) TrainDevice(
        LeaveOneOut split, SimulationOptions options, string folder, IRunProgress progress, CancellationToken cancel)
    {
        if (options.Device.Text is { Enabled: true })
        {
            throw new ArgumentException(
                "text: a simulation trains no model with the text of items; train one with 'tandem train' and give its run",
                nameof(options));
        }

        var dataset = split.Dataset;
        var (model, result) = options.Device.Train(
            dataset, dataset.Prefixes(split.TrainLength), RankedCases.Of(dataset, split.Validation.ToArray()),
            Path.Combine(folder, RunFolder.SimulatedDevice), progress.Training("device model"), cancel: cancel);
        var (fit, counted) = Count(split, model, options, progress);
        return (model, result, fit, counted);
    }

    /// <summary>What joins the device's model, where its recipe asks for counts: learned from what the model learned from.</summary>
    private static (SuccessorFit? Fit, CountedSuccessors? Counted) Count(
        LeaveOneOut split, SequenceModel model, SimulationOptions options, IRunProgress progress)
    {
        if (options.Device.Successors is not { Enabled: true } recipe) return (null, null);
        var dataset = split.Dataset;
        using var scorer = new SequenceScorer(model);
        return SuccessorFit.CountAndChoose(
            scorer, recipe, dataset.Prefixes(split.TrainLength), RankedCases.Of(dataset, split.Validation.ToArray()),
            options.ExcludeConsumed, (done, all) => progress.Report("weight of successors", done, all));
    }

    /// <summary>
    /// The cloud's best epoch is chosen by the first event that it has not learned: s[-2-d], or the validation target at d = 0.
    /// </summary>
    private static RankedCases CloudValidation(LeaveOneOut split, SimulationOptions options)
    {
        int[] users = [.. split.EvaluatedUsers.ToArray().Where(user => CloudLength(split, options, user) > 0)];
        NamedSeed.Create(options.Seed, "cloud validation users").Shuffle(users);
        users = users[..Math.Min(users.Length, MostCloudValidationUsers)];
        return RankedCases.Of(split.Dataset, users.Select(user => new EvaluatedEvent(user, CloudLength(split, options, user))).ToArray());
    }

    private static SemanticIds Name(SequenceDataset dataset, SequenceModel model, int seed)
    {
        if (dataset.Catalog.HasSemanticIds) return SemanticIds.FromCatalog(dataset.Catalog);
        var width = model.Backbone.Width;
        return ResidualKMeans.Create(model.Items.Values().AsSpan(width), width, seed);
    }
}
