using System.Text.Json.Nodes;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>The members of a composite, each of a folder with its run: one that was named, or one inside the composite's own.</summary>
internal static class CompositeMembers
{
    private const string Folder = "members";

    /// <summary>Opens the runs and trains the other members, or continues them.</summary>
    public static IReadOnlyList<CompositeMember> Train(
        CompositeRecipe recipe, TrainingJob job, IRunProgress progress, CancellationToken cancel) =>
        [.. recipe.Members.Select(member => member.Run is not null
            ? Open(member, job.Dataset, FolderOf(member, job.Run.Path))
            : Train(member, job, progress, cancel))];

    /// <summary>Opens what <see cref="Train(CompositeRecipe, TrainingJob, IRunProgress, CancellationToken)"/> opened and left.</summary>
    /// <param name="recipe">Of the composite.</param>
    /// <param name="dataset">Of all of them.</param>
    /// <param name="folder">Of the composite.</param>
    public static IReadOnlyList<CompositeMember> Load(CompositeRecipe recipe, SequenceDataset dataset, string folder) =>
        [.. recipe.Members.Select(member => Open(member, dataset, FolderOf(member, folder)))];

    /// <summary>[members] of each one's weights: the first 16 hexadecimal digits of their SHA-256.</summary>
    /// <param name="recipe">Of the composite.</param>
    /// <param name="folder">Of the composite.</param>
    public static IReadOnlyList<string> Hashes(CompositeRecipe recipe, string folder) =>
        [.. recipe.Members.Select(member => TrainingJob.WeightsHash(FolderOf(member, folder)))];

    /// <summary>
    /// A member's run as the recipe keeps it: relative to the composite's folder where it lies in it or beside it, so that both can be
    /// moved together, else as a whole path. One that is nowhere stays as it is.
    /// </summary>
    /// <param name="run">Of the member.</param>
    /// <param name="folder">Of the composite.</param>
    /// <param name="typed">True for a path of a command: it means the working directory's first. See <see cref="Find"/>.</param>
    public static string Located(string run, string folder, bool typed)
    {
        var found = typed && Directory.Exists(run) ? run : Find(run, folder);
        if (!Directory.Exists(found)) return run;
        var (whole, own) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(found)), Path.GetFullPath(folder));
        var around = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(own)) + Path.DirectorySeparatorChar;
        return whole.StartsWith(around, StringComparison.Ordinal) && Path.GetRelativePath(own, whole) is var relative and not "."
            ? relative.Replace(Path.DirectorySeparatorChar, '/')
            : whole;
    }

    /// <summary>
    /// Where a recipe's member lies: from the composite's folder, in which recipes now keep paths, or else from the working directory, in
    /// which earlier versions kept them. In this order, so that no folder of a like name where a command happens to run takes its place.
    /// </summary>
    private static string Find(string run, string folder)
    {
        var beside = Path.GetFullPath(Path.Combine(Path.GetFullPath(folder), run));
        return Directory.Exists(beside) ? beside : run;
    }

    private static string FolderOf(MemberSettings member, string folder) =>
        member.Run is { } run ? Find(run, folder) : Path.Combine(folder, Folder, member.Called);

    private static CompositeMember Train(MemberSettings member, TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        var folder = FolderOf(member, job.Run.Path);
        PartRun.Train(ModelKinds.Find(member.Model!), SettingsOf(member), folder, job, progress, cancel);
        return Open(member, job.Dataset, folder);
    }

    /// <summary>Of a member that is trained here.</summary>
    /// <exception cref="RunException">There is no such model or preset, or the settings do not fit together.</exception>
    public static JsonObject SettingsOf(MemberSettings member)
    {
        var kind = ModelKinds.Find(member.Model!);
        var settings = kind.Defaults();
        if (member.Preset is not null)
        {
            var preset = kind.Presets.FirstOrDefault(known => known.Name == member.Preset)
                ?? throw new RunException($"member '{member.Called}': '{kind.Name}' has no preset '{member.Preset}'");
            RecipeJson.Merge(settings, preset.Settings);
        }

        RecipeJson.Merge(settings, member.Settings);
        kind.Require(settings);
        return settings;
    }

    private static CompositeMember Open(MemberSettings member, SequenceDataset dataset, string folder)
    {
        var recipe = RunRecipe.OfRun(folder);
        var kind = ModelKinds.Find(recipe.Model);
        return new(member.Called, kind.Load(recipe.Settings, dataset, folder), kind.HasLogProbabilities);
    }

    /// <exception cref="RunException">The run is not finished, or is of other data, another protocol or another masking.</exception>
    public static void RequireFits(MemberSettings member, TrainingJob job)
    {
        var (run, called) = (FolderOf(member, job.Run.Path), $"member '{member.Called}'");
        var recipe = RunRecipe.OfRun(run);
        var (weights, data) = (Path.Combine(run, TrainingJob.WeightsFile), Path.Combine(run, "dataset"));
        if (!File.Exists(weights) || !DatasetFolder.Exists(data))
        {
            throw new RunException(
                $"{called}: {run} is not finished ({TrainingJob.WeightsFile} or its data set is missing); train it first");
        }

        var dataset = DatasetFolder.Read(data);
        if (dataset.Hash != job.Dataset.Hash)
        {
            throw new RunException($"{called}: {run} was trained on '{dataset.Name}' ({dataset.Hash}, items numbered by seed "
                + $"{dataset.Seed}), the composite is of '{job.Dataset.Name}' ({job.Dataset.Hash}, seed {job.Dataset.Seed}); "
                + "give both the same --data and --seed");
        }

        if (recipe.Protocol != job.Split.Protocol)
        {
            throw new RunException($"{called}: {run} was trained under {recipe.Protocol}, the composite is under {job.Split.Protocol}; "
                + "its weights are chosen on events that no member may have learned, so train all under one protocol");
        }

        if (recipe.MaskSeen != job.MaskSeen)
        {
            throw new RunException($"{called}: seen items are {Masked(recipe.MaskSeen)} in {run} and {Masked(job.MaskSeen)} here; "
                + "give --repeats to both or neither");
        }
    }

    private static string Masked(bool isMasked) => isMasked ? "masked" : "not masked";
}
