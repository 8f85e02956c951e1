using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Cli.Models;
using Tandem.Data.Splits;
using Tandem.Learning.Runs;
using Tandem.Learning.Text;
using Tandem.Learning.Training;

namespace Tandem.Cli.Verbs;

/// <summary>
/// Other ways to what a source knows, or to as much training, that a transfer is held against: trained in the same harness, with the same
/// seeds.
/// </summary>
internal static class TransferRivals
{
    /// <summary>The item table starts from the titles' vectors.</summary>
    public const string Start = "start";

    /// <summary>The source's scores of each step's candidates are learned.</summary>
    public const string Logits = "logits";

    /// <summary>The best items of the source's ranking are learned.</summary>
    public const string Ranking = "ranking";

    /// <summary>The best items of a ranking by titles are learned.</summary>
    public const string Profiles = "profiles";

    /// <summary>The model alone, for more epochs.</summary>
    public const string Longer = "longer";

    private const string DefaultEncoder = "minilm", TitlesRun = "titles";

    /// <summary>All by name, for help and messages.</summary>
    public static IReadOnlyList<string> Names { get; } = [Start, Logits, Ranking, Profiles, Longer];

    /// <summary>The rivals that are asked for, each once.</summary>
    /// <param name="asked">Names with commas between them; null for none.</param>
    /// <param name="from">The source, as typed or as a path.</param>
    /// <param name="target">What is trained.</param>
    /// <exception cref="UsageException">
    /// A name is not known, the source has not what a rival takes, or the target cannot be taught so.
    /// </exception>
    public static string[] Parse(string? asked, string from, ModelKind target)
    {
        string[] names = [.. (asked ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        foreach (var name in names)
        {
            if (!Names.Contains(name))
                throw new UsageException($"--rivals {name}: expected of {string.Join(", ", Names)}, with commas between them");
            if (name is Logits or Ranking or Profiles && !target.Defaults().ContainsKey("distillation"))
            {
                throw new UsageException($"--rivals {name}: {target.Name} learns from no teacher; expected of {Start}, {Longer}, or leave "
                    + $"{name} out");
            }

            if (name is Logits or Ranking && !File.Exists(Path.Combine(from, RunRecipe.FileName)))
                throw new UsageException($"--rivals {name}: {from} is no run, and only a run ranks the same items; leave {name} out");
            if (name == Profiles && TextEncoders.All.All(encoder => encoder.Name != from))
            {
                throw new UsageException(
                    $"--rivals {name}: {from} encodes no titles; expected --from one of {TextEncoders.Names}, or leave {name} out");
            }
        }

        return names;
    }

    /// <summary>What a rival changes of the settings of the model alone.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="settings">Of the model alone.</param>
    /// <param name="from">The source: a run, or the name of an encoder.</param>
    /// <param name="folder">Of all runs, that which ranks by titles among them.</param>
    /// <param name="factor">Of the epochs, for <see cref="Longer"/>.</param>
    /// <exception cref="UsageException">The model alone does that already.</exception>
    public static (string Path, string Value)[] Changes(
        string name, JsonObject settings, string from, string folder, double factor)
    {
        if (name == Start && settings["text"]?["enabled"]?.GetValue<bool>() == true)
            throw new UsageException("--rivals start: the model alone uses titles already (text.enabled); leave start out");
        return name switch
        {
            Start =>
            [
                ("text.enabled", "true"), ("text.start", "true"), ("text.score", "false"), ("text.categories", "false"),
                ("text.neighbours", "0"),
                ("text.source.encoder", TextEncoders.All.Any(encoder => encoder.Name == from) ? from : DefaultEncoder),
            ],
            Logits => [("distillation.from", from), ("distillation.kind", "logits")],
            Ranking => [("distillation.from", from), ("distillation.kind", "ranking")],
            Profiles => [("distillation.from", Path.Combine(folder, TitlesRun)), ("distillation.kind", "ranking")],
            _ => [("training.epochs", Longest(settings["training"]!["epochs"]!.GetValue<int>(), factor))],
        };
    }

    /// <summary>Trains what ranks by titles, or finds it: the teacher of <see cref="Profiles"/>.</summary>
    /// <param name="student">Its recipe.</param>
    /// <param name="split">Of the student.</param>
    /// <param name="encoder">Of titles.</param>
    /// <param name="folder">Of all runs.</param>
    /// <param name="data">Keeps vectors of titles.</param>
    /// <param name="cancel">Stops between two batches of titles.</param>
    public static void RankByTitles(
        RunRecipe student, ISplit split, string encoder, string folder, string data, CancellationToken cancel)
    {
        var kind = AskedModel.Find("text");
        var settings = kind.Defaults();
        RecipeJson.Set(settings, "source.encoder", encoder);
        var recipe = student with
        {
            Model = kind.Name,
            Protocol = SplitProtocol.WithoutRefit(student.Protocol),
            Seed = split.Dataset.Seed,
            Settings = settings,
        };
        var run = RunFolder.Choose(Path.Combine(folder, TitlesRun), "train", kind.Name);
        var trained = WatchedRun.Show(progress => TrainingRun.Start(
            recipe, SplitProtocol.Create(recipe.Protocol, split.Dataset), run, progress, data, cancel));
        run.Record(recipe, split.Dataset, new { trained.Evaluation.Metrics });
    }

    private static string Longest(int epochs, double factor) =>
        ((int)Math.Ceiling(epochs * factor)).ToString(CultureInfo.InvariantCulture);
}
