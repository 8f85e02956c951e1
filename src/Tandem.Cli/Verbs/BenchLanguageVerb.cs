using System.CommandLine;
using Tandem.Cli.Bench;
using Tandem.Data;
using Tandem.Learning.Text;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench language</c>: what language costs: lists of the cloud's models, and encoding of titles.</summary>
internal static class BenchLanguageVerb
{
    private const string ParallelPreset = "cloud-parallel", GenerativePreset = "cloud-small";
    private const int GeneratedTitles = 2_000, Rounds = 15, Candidates = 200, Beams = 50;

    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            Description = "a data set whose titles are encoded (default: 2,000 titles drawn from a few words)",
            HelpName = "DIR",
        };
        var (encoder, json) = (CommonOptions.Encoder(), CommonOptions.Json());
        var verb = new Command("language", "lists of the cloud's models, and encoding of titles; run it on a quiet machine")
        {
            data, encoder, json,
        };
        verb.SetAction((parsed, cancel) =>
        {
            var figures = Measure(parsed.GetValue(data), parsed.GetRequiredValue(encoder), cancel);
            if (parsed.GetValue(json)) JsonLine.Print(figures);
            else Print(figures);
            return Task.FromResult(0);
        });
        return verb;
    }

    private static LanguageFigures Measure(string? folder, string encoder, CancellationToken cancel)
    {
        var source = new TextSource { Encoder = encoder };
        UsageException.ThrowIfAny(source.Validate());
        var catalog = folder is null ? Titles() : DatasetArgument.OpenDataset(folder, seed: 1).Catalog;
        var titles = Step("titles", () => TextVectors.Embed(catalog, source, cancel: cancel));
        return new()
        {
            Parallel = Step("lists of the parallel model", () => ListBench.Measure(
                ListBench.Parallel(ParallelPreset, ListBench.Items), Candidates, Rounds)),
            Generative = Step("lists of the generative model", () => ListBench.Measure(
                ListBench.Generative(GenerativePreset), Beams, Rounds)),
            MillionItemListMillis = Step(
                "a list from a million items", () => ListBench.MillionItemMillis(ParallelPreset, Candidates, Rounds)),
            TitlesPerSecond = titles.Embedded / titles.Seconds,
        };
    }

    /// <summary>Titles of 6 to 14 words, no two alike.</summary>
    private static Catalog Titles()
    {
        string[] words =
        [
            "soft", "brush", "for", "dry", "hair", "with", "natural", "oil", "and", "keratin", "repair", "cream", "travel", "size", "set",
            "of", "two", "ounce", "bottle", "fragrance", "free", "daily", "moisture", "lotion", "matte", "finish", "lip", "colour", "rose",
        ];
        var random = NamedSeed.Create(1, "titles");
        return new(Enumerable.Range(1, GeneratedTitles).Select(i => new ItemDescription(
            $"{i}", string.Join(' ', random.GetItems(words, random.Next(5, 14)).Append($"no. {i}")), [], null)));
    }

    private static void Print(LanguageFigures figures)
    {
        Print("200 candidates, parallel", figures.Parallel);
        Print("50 beams, generative", figures.Generative);
        Line("a list from a million items, parallel", $"{figures.MillionItemListMillis:0.0} ms");
        Line("titles", $"{figures.TitlesPerSecond:0} a second");
    }

    private static void Print(string lists, ListFigures figures) => Line(
        $"lists of {lists}",
        $"{figures.ListsPerSecond:0} a second in batches of 32, {figures.FirstListMillis:0.0} ms alone, {figures.ValidBeamShare:P1} valid");

    private sealed record LanguageFigures
    {
        /// <summary>200 candidates, by the size of <c>cloud-parallel</c>.</summary>
        public required ListFigures Parallel { get; init; }

        /// <summary>50 beams and candidates, by the size of <c>cloud-small</c>.</summary>
        public required ListFigures Generative { get; init; }

        /// <summary>One list by itself, 200 candidates after 50 events, by the parallel model.</summary>
        public required double MillionItemListMillis { get; init; }

        /// <summary>Different titles, encoded on all processors; the time to load the encoder not counted.</summary>
        public required double TitlesPerSecond { get; init; }
    }
}
