using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Tandem.Data;
using Tandem.Data.Preparation;

namespace Tandem.Learning.Runs;

/// <summary>
/// Where a run keeps all that it made: checkpoints, the bundle, the data set with its item numbers, and <c>run.json</c> with options,
/// seed, versions and figures. A folder holds one run; what asks for another is refused before anything is written.
/// </summary>
public sealed class RunFolder
{
    /// <summary>Files by which a folder tells whose run lies in it.</summary>
    private static readonly (string Command, string File)[] _marks =
        [("train", RunRecipe.FileName), ("tune", "trials.json"), ("simulate", SimulatedDevice), ("simulate", SimulatedCloud),
            ("experiment drift", "ttt.safetensors"), ("experiment classify", "classify.json")];

    /// <summary>Checkpoints that a simulation leaves of the models that it trained.</summary>
    public const string SimulatedDevice = "device.safetensors", SimulatedCloud = "cloud.safetensors";

    /// <summary>What a finished run leaves: options, seed, versions and figures.</summary>
    public const string ResultFile = "run.json";

    private RunFolder(string path, bool isNamedHere) => (Path, IsNamedHere) = (path, isNamedHere);

    /// <summary>Of the folder, as it was asked for.</summary>
    public string Path { get; }

    /// <summary>True where nobody asked for a folder, so that whoever watches has to be told which one it is.</summary>
    public bool IsNamedHere { get; }

    /// <summary>
    /// The folder asked for, which may hold an unfinished run to continue, or a new one under <c>runs/</c>. Nothing is written yet.
    /// </summary>
    /// <param name="asked">Null for a new one.</param>
    /// <param name="command">What runs, such as <c>train</c>.</param>
    /// <param name="name">Begins the name of a new one.</param>
    /// <exception cref="RunException">The folder holds the run of another command.</exception>
    public static RunFolder Choose(string? asked, string command, string name)
    {
        if (asked is null)
        {
            var time = TimeProvider.System.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
            return new(System.IO.Path.Combine("runs", $"{name}-{time}"), isNamedHere: true);
        }

        var run = new RunFolder(asked, isNamedHere: false);
        foreach (var (other, file) in _marks)
        {
            if (other != command && run.Holds(file))
                throw run.Refusal($"holds a run of 'tandem {other}' ({file}), not of 'tandem {command}'");
        }

        return run;
    }

    /// <summary>Path of a file in the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>True where the folder has such a file.</summary>
    public bool Holds(string file) => System.IO.File.Exists(File(file));

    /// <summary>What is said where the folder holds another run than the one that is asked for.</summary>
    public RunException Refusal(string fault) => new($"--run {Path}: {fault}; give this run a folder of its own");

    /// <summary>
    /// Makes the folder and keeps the data set, and with it the item numbering, beside the model that uses it; never in place of
    /// another. What else could be refused is checked by now.
    /// </summary>
    /// <exception cref="RunException">The folder holds a run on other data.</exception>
    public void Begin(SequenceDataset dataset)
    {
        var folder = File("dataset");
        if (DatasetFolder.Exists(folder))
        {
            if (DatasetFolder.Read(folder) is var kept && kept.Hash != dataset.Hash) throw Refusal(Difference(kept, dataset));
        }
        else
        {
            Directory.CreateDirectory(Path);
            DatasetFolder.Write(dataset, folder);
        }
    }

    /// <summary>Writes <see cref="ResultFile"/>.</summary>
    public void Record(object options, SequenceDataset dataset, object results) => Record(
        options,
        new { dataset.Name, dataset.Hash, dataset.Seed, dataset.Users, dataset.Interactions, Items = dataset.Catalog.Count }, results);

    /// <summary>Writes <see cref="ResultFile"/> of what was run on other data than sequences.</summary>
    /// <param name="options">Every setting.</param>
    /// <param name="data">Names what was read, by a hash.</param>
    /// <param name="results">What came of it.</param>
    public void Record(object options, object data, object results) => RunJson.Save(
        new
        {
            Options = options,
            Data = data,
            Tandem = typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            TorchSharp = typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(),
            Runtime = RuntimeInformation.FrameworkDescription,
            System = RuntimeInformation.OSDescription,
            Processors = Environment.ProcessorCount,
            Results = results,
        },
        File(ResultFile));

    private static string Difference(SequenceDataset kept, SequenceDataset asked) => kept.Seed != asked.Seed
        ? $"seed: the run's items are numbered by {kept.Seed}, the command's by {asked.Seed}"
        : $"data: the run has '{kept.Name}' ({kept.Hash}), the command '{asked.Name}' ({asked.Hash})";
}
