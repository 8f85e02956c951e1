using System.CommandLine;
using System.Globalization;
using Tandem.Learning.Text;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem items embed</c>: vectors of the items' titles, kept beside the data.</summary>
internal static class ItemsEmbedVerb
{
    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string> _encoder = CommonOptions.Encoder();
    private static readonly Option<string?> _out = new("--out")
    {
        Description = "the file of vectors, made or added to (default: vectors-ENCODER.safetensors in the data's folder)",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var verb = new Command("embed", "encode the items' titles once, and keep the vectors in a file")
        {
            _data, _encoder, _out, _seed, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var folder = parsed.GetRequiredValue(_data);
        var source = new TextSource { Encoder = parsed.GetRequiredValue(_encoder), Vectors = parsed.GetValue(_out) };
        UsageException.ThrowIfAny(source.Validate());
        var catalog = DatasetArgument.OpenDataset(folder, parsed.GetValue(_seed)).Catalog;
        var titles = WatchedRun.Show(progress => TextVectors.Embed(
            catalog, source, Path.Combine(folder, TextVectors.FileName(source.Encoder)),
            progress: (done, all) => progress.Report("titles", done, all), cancel: cancel));
        var rate = titles.Embedded > 0 ? titles.Embedded / titles.Seconds : 0;
        if (parsed.GetValue(_json))
        {
            JsonLine.Print(new
            {
                source.Encoder,
                Items = catalog.Count,
                titles.WithText,
                titles.DistinctTexts,
                titles.Embedded,
                titles.Vectors.Width,
                TitlesPerSecond = rate,
                titles.File,
            });
            return 0;
        }

        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Encoder}: {titles.WithText} of {catalog.Count} items have a title, {titles.DistinctTexts} different ones; "
            + $"{titles.Embedded} encoded now ({rate:0} a second), {titles.Vectors.Width} dimensions → {titles.File}"));
        return 0;
    }
}
