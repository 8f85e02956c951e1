using System.CommandLine;
using Tandem.Learning.Runs;
using Tandem.Learning.Text;
using Tandem.Learning.Training;

namespace Tandem.Cli;

/// <summary>Options that several verbs share, with one meaning.</summary>
internal static class CommonOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "a prepared dataset folder, or a raw folder of a known layout",
        Required = true,
        HelpName = "DIR",
    };

    public static Option<int> Seed() => new("--seed")
    {
        Description = "every random choice derives from it by name",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>Null where it is not given, so that a configuration's seed stands.</summary>
    public static Option<int?> OptionalSeed() => new("--seed") { Description = "every random choice derives from it by name (default 1)" };

    /// <summary>Null where it is not given, so that a configuration's core stands.</summary>
    public static Option<int?> Core() => new("--core")
    {
        Description =
            "least events of every user and item of a raw folder, which is cut down until both hold (default: the configuration's, or 1)",
        HelpName = "N",
    };

    public static Option<bool> Json() => new("--json") { Description = "end standard output with one JSON object" };

    public static Option<string> Encoder() => new("--encoder")
    {
        Description = string.Join("; ", TextEncoders.All.Select(encoder => $"{encoder.Name}: {encoder.Description}"))
            + "; or the folder of a BERT, written with a slash, such as ./minilm",
        DefaultValueFactory = _ => new TextSource().Encoder,
        HelpName = "NAME",
    };

    public static Option<string?> Run() => new("--run")
    {
        Description = "the run's folder; one that holds a run of the same settings is continued, one that holds another is refused "
            + "(default: runs/…, by date)",
        HelpName = "DIR",
    };

    public static Option<string?> Preset() => new("--preset")
    {
        Description = "settings of the model by name, in place of its defaults: " + string.Join("; ", ModelKinds.All.SelectMany(
            kind => kind.Presets.Select(preset => $"{preset.Name} ({kind.Name}: {preset.Description})"))),
        HelpName = "NAME",
    };

    public static Option<int> Threads() => new("--threads")
    {
        Description = "threads of rankings and solvers; a training works on one for each of its replicas",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public static void UseThreads(int threads)
    {
        if (threads < 1) throw new UsageException($"--threads {threads}: at least 1 is needed");
        TorchThreads.Use(threads);
    }
}
