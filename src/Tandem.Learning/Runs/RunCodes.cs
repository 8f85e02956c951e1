using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Runs;

/// <summary>The codes of a run: learned or read once, then kept beside its weights.</summary>
internal static class RunCodes
{
    private const string VersionKey = "codes"; // in the metadata of a run's weights

    /// <summary>For work of a search, which watches its trials' epochs alone.</summary>
    public static IRunProgress Unwatched { get; } = new Silence();

    /// <summary>
    /// Those that are kept, where the run has begun with them; else learned, or read from the file that the settings name.
    /// </summary>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the learning.</param>
    /// <param name="job">Gives the items and what may be learned from.</param>
    /// <param name="path">Where they are kept.</param>
    /// <param name="begun">True where something was trained on those that are kept.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="cancel">Stops between two steps.</param>
    public static ItemCodes Of(
        CodeOptions options, int seed, TrainingJob job, string path, bool begun, IRunProgress progress, CancellationToken cancel)
    {
        var catalog = job.Dataset.Catalog;
        if (begun && File.Exists(path)) return Read(options, path, catalog);
        var codes = options.File is { } given
            ? CodesFile.Read(given, catalog)
            : CodeLearning.Learn(
                options, CodeVectors.Of(
                    WithRun(options, job, path, progress, cancel), job.Split, source => job.VectorsOf(source, progress, cancel)),
                job.Sequences(refit: false), seed, (done, all) => progress.Report("codes", done, all), cancel).Codes;
        CodesFile.Save(path, codes, catalog);
        return codes;
    }

    /// <summary>The options with a run to take item vectors from, trained beside the codes where it is wanted and none is named.</summary>
    private static CodeOptions WithRun(
        CodeOptions options, TrainingJob job, string path, IRunProgress progress, CancellationToken cancel)
    {
        if (options.From == CodeSource.Text || options.Run is not null) return options;
        var folder = Path.Combine(Path.GetDirectoryName(path)!, "collaborative");
        var kind = ModelKinds.Find("sasrec");
        PartRun.Train(kind, kind.Defaults(), folder, job, progress, cancel);
        return options with { Run = folder };
    }

    /// <summary>What <see cref="Of"/> kept.</summary>
    public static ItemCodes Read(CodeOptions options, string path, Catalog catalog) =>
        CodesFile.Read(path, catalog, options.File is null ? options.CodebookSize : 0);

    /// <summary>What the weights' file says of the codes that they were trained with.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(ItemCodes codes) =>
        new Dictionary<string, string> { [VersionKey] = codes.Version };

    /// <summary>The codes of a finished run.</summary>
    /// <param name="options">How they were made.</param>
    /// <param name="folder">Of the run.</param>
    /// <param name="catalog">Of its items.</param>
    /// <exception cref="RunException">
    /// They are not those that the run's weights were trained with; weights of earlier versions do not say and take any.
    /// </exception>
    public static ItemCodes Load(CodeOptions options, string folder, Catalog catalog)
    {
        var path = Path.Combine(folder, TrainingJob.CodesFile);
        var codes = Read(options, path, catalog);
        using var weights = SafetensorsReader.Open(Path.Combine(folder, TrainingJob.WeightsFile));
        return !weights.Metadata.TryGetValue(VersionKey, out var trained) || trained == codes.Version
            ? codes
            : throw new RunException($"{path}: holds codes {codes.Version}, expected {trained}, which {TrainingJob.WeightsFile} beside it "
                + "was trained with; put the run's own codes back or train it again");
    }

    private sealed class Silence : IRunProgress
    {
        public IProgress<TrainingProgress> Training(string name) => new Progress<TrainingProgress>();

        public void Report(string stage, int done, int total)
        {
        }
    }
}
