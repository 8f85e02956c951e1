using Tandem.Learning.Codes;
using Tandem.Learning.Contents;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Runs;

/// <summary>The titles beside a model of codes: read, weighed on validation events, and kept in the run's folder.</summary>
/// <param name="Name">Of the content.</param>
/// <param name="Rows">The titles' vectors.</param>
/// <param name="Recent">How many of a history's last events are read.</param>
internal sealed record TextHead(string Name, ContentRows Rows, int Recent)
{
    /// <summary>Reads or makes the vectors; null where the recipe asks for none.</summary>
    /// <exception cref="Text.TextException">No item has a title, a file cannot be used, or the encoder gives no vectors.</exception>
    public static TextHead? Read(TextHeadOptions? options, TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        if (options is not { Enabled: true }) return null;
        var text = options.AsText();
        var parts = JoinedParts.Of(null, text, ItemText.Read(text, job, progress, cancel)?.Titles, categories: null);
        var (name, rows) = parts.Contents[0];
        return new(name, rows, parts.Recent);
    }

    /// <summary>Chooses its weight.</summary>
    /// <param name="model">Without it; has not learned the validation events.</param>
    /// <param name="cases">Validation events; one at least.</param>
    /// <param name="maskSeen">Whether items of the history are left out, as in the test.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="scale">See <see cref="ContentFit.Choose"/>.</param>
    public ContentFit Choose(IItemScorer model, RankedCases cases, bool maskSeen, IRunProgress progress, double scale = 1) =>
        ContentFit.Choose(
            model, Name, Rows, Recent, cases, maskSeen, (done, all) => progress.Report($"weight of {Name}", done, all), scale,
            ofOthers: true);

    /// <summary>What joins by a chosen weight.</summary>
    public JoinedContent Joined(ContentFit fit) => new(Rows, fit.Join);

    /// <summary>Keeps what joins beside the weights.</summary>
    public static void Save(TrainingJob job, IReadOnlyList<JoinedContent> contents)
    {
        if (contents.Count > 0) ContentFile.Save(job.Run.File(TrainingJob.ContentsFile), job.Dataset.Catalog.Count, contents);
    }

    /// <summary>
    /// What <see cref="Save"/> kept; empty where the recipe asks for nothing, or the run was trained by a version without the head.
    /// </summary>
    public static IReadOnlyList<JoinedContent> Load(TextHeadOptions? options, string folder, int items)
    {
        var path = Path.Combine(folder, TrainingJob.ContentsFile);
        return options is { Enabled: true } && File.Exists(path) ? ContentFile.Load(path, items) : [];
    }
}
