using System.CommandLine;
using Tandem.Learning.Text;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench language</c>: what language costs: encoding of titles.</summary>
internal static class BenchLanguageVerb
{
    public static Command Create()
    {
        var (data, encoder, json) = (CommonOptions.Data(), CommonOptions.Encoder(), CommonOptions.Json());
        var verb = new Command("language", "encoding of a data set's titles; run it on a quiet machine") { data, encoder, json };
        verb.SetAction((parsed, cancel) =>
        {
            var figures = Measure(parsed.GetRequiredValue(data), parsed.GetRequiredValue(encoder), cancel);
            if (parsed.GetValue(json)) JsonLine.Print(figures);
            else Print(figures);
            return Task.FromResult(0);
        });
        return verb;
    }

    private static LanguageFigures Measure(string folder, string encoder, CancellationToken cancel)
    {
        var source = new TextSource { Encoder = encoder };
        UsageException.ThrowIfAny(source.Validate());
        var catalog = DatasetArgument.OpenDataset(folder, seed: 1).Catalog;
        var titles = Step("titles", () => TextVectors.Embed(catalog, source, cancel: cancel));
        return new() { TitlesPerSecond = titles.Embedded / titles.Seconds };
    }

    private static void Print(LanguageFigures figures) => Line("titles", $"{figures.TitlesPerSecond:0} a second");

    private sealed record LanguageFigures
    {
        /// <summary>Different titles, encoded on all processors; the time to load the encoder not counted.</summary>
        public required double TitlesPerSecond { get; init; }
    }
}
