using System.CommandLine;
using System.Globalization;
using Tandem.Data;
using Tandem.Data.Splits;
using Tandem.Learning.Codes;
using Tandem.Learning.Runs;
using Tandem.Learning.Text;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem codes learn</c>: codes of a data set's items, from those that train, and what they are like.</summary>
internal static class CodesLearnVerb
{
    private const int ProductLevels = 16, ResidualLevels = 3;

    private static readonly CodeOptions _defaults = new();
    private static readonly Option<string> _data = CommonOptions.Data();
    private static readonly Option<int?> _core = CommonOptions.Core();
    private static readonly Option<int> _seed = CommonOptions.Seed();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<string> _protocol = new("--protocol")
    {
        Description = $"says which events train: {SplitProtocol.Known}",
        DefaultValueFactory = _ => "loo",
        HelpName = "NAME",
    };

    private static readonly Option<CodeMethod> _method = new("--method")
    {
        Description = "residual k-means, optimised product quantisation, or a residual-quantised autoencoder",
        DefaultValueFactory = _ => CodeMethod.Rkmeans,
    };

    private static readonly Option<int?> _levels = new("--levels")
    {
        Description = $"codes of an item (default: {ProductLevels} for opq, else {ResidualLevels})",
    };

    private static readonly Option<int> _size = new("--size")
    {
        Description = "codes a level",
        DefaultValueFactory = _ => _defaults.CodebookSize,
    };

    private static readonly Option<int?> _components = new("--components")
    {
        Description = "principal components of the vectors that are coded (default: all)",
    };

    private static readonly Option<double> _whitening = new("--whitening")
    {
        Description = "0 leaves distances as they are, 1 makes all components alike",
        DefaultValueFactory = _ => _defaults.Whitening,
    };

    private static readonly Option<CodeSource> _from = new("--from")
    {
        Description = "vectors of text, of a trained model's item table, or both",
        DefaultValueFactory = _ => _defaults.From,
    };

    private static readonly Option<string> _encoder = new("--encoder")
    {
        Description = "the encoder of text",
        DefaultValueFactory = _ => _defaults.Text.Encoder,
        HelpName = "NAME",
    };

    private static readonly Option<string?> _vectors = new("--vectors")
    {
        Description = "a file that keeps the vectors of text (default: beside the data)",
        HelpName = "FILE",
    };

    private static readonly Option<string?> _run = new("--run")
    {
        Description = "folder of a finished 'tandem train' of a sequence model on this data: its item table is coded",
        HelpName = "RUN",
    };

    private static readonly Option<string?> _out = new("--out")
    {
        Description = "file for the codes, 'key code code …' a line",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var verb = new Command("learn", "learn codes of a data set's items, from the items that train")
        {
            _data, _core, _protocol, _method, _levels, _size, _components, _whitening, _from, _encoder, _vectors, _run, _out, _seed,
            _threads, _json,
        };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        var (options, seed) = (Options(parsed), parsed.GetValue(_seed));
        UsageException.ThrowIfAny(options.Validate().Concat(options.From == CodeSource.Collaborative ? [] : options.Text.Validate()));
        if (options is { From: not CodeSource.Text, Run: null })
            throw new UsageException("--from: vectors of a trained model are wanted; give the folder of a sequence model's run with --run");
        CommonOptions.UseThreads(parsed.GetValue(_threads));
        var data = parsed.GetRequiredValue(_data);
        var split = DatasetArgument.Open(data, parsed.GetRequiredValue(_protocol), seed, parsed.GetValue(_core) ?? 1);
        var sequences = split.Training(refit: false);
        var learned = WatchedRun.Show(progress => CodeLearning.Learn(
            options, CodeVectors.Of(options, split, source => Text(parsed, source, split.Dataset.Catalog, progress, cancel)),
            sequences, seed, (done, all) => progress.Report("codes", done, all), cancel));
        if (parsed.GetValue(_out) is { } path) CodesFile.Save(path, learned.Codes, split.Dataset.Catalog);
        var report = CodeReport.Of(learned.Codes, sequences, split.Dataset.Catalog);
        if (parsed.GetValue(_json)) JsonLine.Print(Summary(options, learned, report, split.Dataset.Hash, seed, parsed.GetValue(_out)));
        else Print(learned, report, parsed.GetValue(_out));
        return 0;
    }

    /// <summary>Kept beside the data, or where that cannot be written beside what is asked for.</summary>
    private static ItemVectors Text(
        ParseResult parsed, TextSource source, Catalog catalog, IRunProgress progress, CancellationToken cancel)
    {
        var name = TextVectors.FileName(source.Encoder);
        var spare = Path.GetDirectoryName(parsed.GetValue(_out));
        return TextVectors.Of(
            catalog, source, Path.Combine(parsed.GetRequiredValue(_data), name), Path.Combine(spare ?? "", name),
            (done, all) => progress.Report("vectors of titles", done, all), cancel);
    }

    private static CodeOptions Options(ParseResult parsed)
    {
        var method = parsed.GetValue(_method);
        return new()
        {
            Method = method,
            Levels = parsed.GetValue(_levels) ?? (method == CodeMethod.Opq ? ProductLevels : ResidualLevels),
            CodebookSize = parsed.GetValue(_size),
            Components = parsed.GetValue(_components),
            Whitening = parsed.GetValue(_whitening),
            From = parsed.GetValue(_from),
            Text = new() { Encoder = parsed.GetRequiredValue(_encoder), Vectors = parsed.GetValue(_vectors) },
            Run = parsed.GetValue(_run),
        };
    }

    private static object Summary(
        CodeOptions options, LearnedCodes learned, CodeReport report, string dataHash, int seed, string? path) => new
        {
            options.Method,
            options.From,
            report.Levels,
            report.CodebookSize,
            report.Items,
            learned.LearnedFrom,
            learned.WithoutVector,
            learned.Error,
            report.CollidingShare,
            report.LargestGroup,
            report.PrefixAlignment,
            report.RandomAlignment,
            CategoryAlignment = report.Category?.Alignment,
            CategoryRandomAlignment = report.Category?.Random,
            report.ByLevel,
            learned.Codes.Version,
            Seed = seed,
            DataHash = dataHash,
            Out = path,
        };

    private static void Print(LearnedCodes learned, CodeReport report, string? path)
    {
        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Levels} codes of {report.CodebookSize} for {report.Items} items, learned from {learned.LearnedFrom}; "
            + $"{learned.WithoutVector} have no vector; {learned.Error:0.0%} of the squared lengths are lost"));
        Terminal.Output.PrintLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.CollidingShare:0.0%} share all codes with another, at most {report.LargestGroup} items the same"));
        foreach (var (level, use) in report.ByLevel.Index())
        {
            Terminal.Output.PrintLine(string.Create(
                CultureInfo.InvariantCulture,
                $"level {level + 1}: {use.Used} codes in use, {use.Entropy:0.00} bits; next event alike so far {use.Alignment:0.0000}, "
                + $"at random {use.Random:0.0000}"));
        }

        if (report.Category is { } category)
        {
            Terminal.Output.PrintLine(string.Create(
                CultureInfo.InvariantCulture,
                $"first category instead: {category.Used} labels, alike {category.Alignment:0.0000}, at random {category.Random:0.0000}"));
        }

        if (path is not null) Terminal.Output.PrintLine($"→ {path}");
    }
}
