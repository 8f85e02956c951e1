using System.CommandLine;
using System.Globalization;
using Tandem.Data.Preparation;
using Tandem.Learning.Export;
using Tandem.Learning.Graphs;
using Tandem.Learning.Runs;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem export</c>: a run's model for other runtimes, or for the device's own.</summary>
internal static class ExportVerb
{
    private static readonly Argument<string> _run = new("run") { Description = "folder of a training run", HelpName = "RUN" };
    private static readonly Option<string> _format = new("--format")
    {
        Description = "onnx: one file for ONNX Runtime and its like (docs/onnx.md); bundle: the folder that Tandem's device runtime opens",
        Required = true,
        HelpName = "onnx|bundle",
    };

    private static readonly Option<string?> _out = new("--out")
    {
        Description = "where to write (default: RUN/model.onnx or RUN/bundle)",
        HelpName = "PATH",
    };

    private static readonly Option<ItemStorage?> _items = new("--items")
    {
        Description = "how a bundle holds the item table: float32, float16, int8 with a scale for each row; none: the device gets the rows "
            + "it needs with the lists (default: as train writes it, int8, and float32 for din)",
        HelpName = "full|half|quantised|none",
    };

    private static readonly Option<int?> _stride = new("--stride")
    {
        Description = "events that a full window of a bundle lets go of at once (default: a quarter of the window)",
        HelpName = "N",
    };

    private static readonly Option<bool> _withoutKeys = new("--without-keys")
    {
        Description = "leave the items' keys out of a bundle, for an app that keeps the catalogue itself "
            + "(default: they are in its keys.safetensors)",
    };

    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        _format.AcceptOnlyFromAmong("onnx", "bundle");
        var verb = new Command("export", "write a trained run's model for other runtimes")
        {
            _run, _format, _out, _items, _stride, _withoutKeys, _json,
        };
        verb.SetAction(parsed =>
        {
            var result = Export(parsed);
            if (parsed.GetValue(_json)) JsonLine.Print(result);
            else Print(result);
            return 0;
        });
        return verb;
    }

    private static ExportResult Export(ParseResult parsed)
    {
        var (run, format, path) = (parsed.GetRequiredValue(_run), parsed.GetRequiredValue(_format), parsed.GetValue(_out));
        var withKeys = !parsed.GetValue(_withoutKeys);
        if (format == "onnx" && !withKeys)
        {
            throw new UsageException(
                "--without-keys: an ONNX graph holds no item keys anyway; leave it out, or give it with --format bundle");
        }

        var recipe = RunRecipe.OfRun(run);
        var dataset = DatasetFolder.Read(Path.Combine(run, "dataset"));
        var export = new ModelExport(ModelKinds.Find(recipe.Model).Load(recipe.Settings, dataset, run), dataset);
        if (format == "onnx" && export.GraphLacks is { } lack) Terminal.Error.PrintLine($"warning: {lack}");
        path ??= Path.Combine(run, format == "onnx" ? "model.onnx" : RunBundle.FolderName);
        var written = format == "onnx"
            ? export.WriteOnnx(path)
            : new(export.WriteBundle(path, parsed.GetValue(_items), parsed.GetValue(_stride), withKeys), [], []);
        return new()
        {
            Path = path,
            Format = format,
            Bytes = written.Bytes,
            Kind = recipe.Model,
            Inputs = written.Inputs,
            Outputs = written.Outputs,
        };
    }

    private static void Print(ExportResult result)
    {
        var ports = result.Outputs.Count == 0 ? "" : $": {string.Join(", ", result.Inputs)} → {string.Join(", ", result.Outputs)}";
        var bytes = result.Bytes.ToString("#,0", CultureInfo.InvariantCulture);
        Terminal.Output.PrintLine($"{result.Kind} → {result.Path}, {bytes} bytes{ports}");
    }

    private sealed record ExportResult
    {
        public required string Path { get; init; }

        public required string Format { get; init; }

        /// <summary>Of the file, or of all files of the bundle.</summary>
        public required long Bytes { get; init; }

        public required string Kind { get; init; }

        /// <summary>Of the graph; none for a bundle.</summary>
        public required IReadOnlyList<OnnxPort> Inputs { get; init; }

        /// <summary>Of the graph; none for a bundle.</summary>
        public required IReadOnlyList<OnnxPort> Outputs { get; init; }
    }
}
