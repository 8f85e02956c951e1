using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Tandem.Data;

namespace Tandem.Cli;

/// <summary>
/// Where a run keeps all that it made: checkpoints, the bundle, the data set with its item numbers, and <c>run.json</c> with options,
/// seed, versions and figures.
/// </summary>
internal sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>The folder asked for, which may hold an unfinished run to continue, or a new one under <c>runs/</c>.</summary>
    public static RunFolder Open(string? asked, string name)
    {
        var path = asked ?? System.IO.Path.Combine(
            "runs", $"{name}-{TimeProvider.System.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        Directory.CreateDirectory(path);
        if (asked is null) Terminal.Error.PrintLine($"run folder {path}; if the run is cut off, --run {path} continues it");
        return new RunFolder(path);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Keeps the data set, and with it the item numbering, beside the model that speaks it; never in place of another.</summary>
    public void Keep(SequenceDataset dataset)
    {
        var folder = File("dataset");
        if (!DatasetFolder.Exists(folder)) DatasetFolder.Write(dataset, folder);
        else if (DatasetFolder.Read(folder).Hash != dataset.Hash)
            throw new UsageException($"--run {Path}: holds a run on other data or of another seed; give this run a folder of its own");
    }

    /// <summary>Writes <c>run.json</c>.</summary>
    public void Record(object options, SequenceDataset dataset, object results) => JsonLine.Save(
        new
        {
            Options = options,
            Data = new { dataset.Name, dataset.Hash, dataset.Seed, dataset.Users, dataset.Interactions, Items = dataset.Catalog.Count },
            Tandem = typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            TorchSharp = typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(),
            Runtime = RuntimeInformation.FrameworkDescription,
            System = RuntimeInformation.OSDescription,
            Processors = Environment.ProcessorCount,
            Results = results,
        },
        File("run.json"));
}
