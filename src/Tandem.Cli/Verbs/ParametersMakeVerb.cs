using System.CommandLine;
using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Learning.Runs;
using Tandem.Protocol;
using Tandem.Protocol.Parameters;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem parameters make RUN</c>: a history → a packet that a device with the run's bundle takes.</summary>
internal static class ParametersMakeVerb
{
    private static readonly Argument<string> _run = new("run")
    {
        Description = "folder of a training run with --parameters",
        HelpName = "RUN",
    };

    private static readonly Option<string[]> _history = new("--history")
    {
        Description = "item keys of the data set, oldest first, separated by commas; may be repeated, "
            + "and a key with commas in it then stands by itself",
        HelpName = "KEY,KEY,…",
    };

    private static readonly Option<string?> _file = new("--history-file")
    {
        Description = "a file of item keys in place of --history, one a line, oldest first, each as it is",
        HelpName = "FILE",
    };

    private static readonly Option<ParameterForm?> _form = new("--form")
    {
        Description = "what the packet brings: full weights, low-rank cores, codes of them, or a plan of precision (default: the form of "
            + "the fewest bytes that the model has)",
        HelpName = "full|lowRank|codes|plan",
    };

    private static readonly Option<long?> _validFor = new("--valid-for")
    {
        Description = "seconds that it may serve; default: without end",
        HelpName = "SECONDS",
    };

    private static readonly Option<string> _out = new("--out") { Description = "path of the packet", HelpName = "FILE", Required = true };
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("make", "weights made for a history, as a packet for the device")
        {
            _run, _history, _file, _form, _validFor, _out, _json,
        };
        verb.SetAction(Run);
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        var (run, path) = (parsed.GetRequiredValue(_run), parsed.GetRequiredValue(_out));
        var parameters = Open(run, out var recipe, out var catalog);
        History history = HistoryKeys.Find(catalog, parsed.GetValue(_history) ?? [], parsed.GetValue(_file));
        var form = parsed.GetValue(_form) ?? parameters.SmallestForm;
        var bundle = RunDevice.Open(run);
        var packet = Make(parameters, history, form, bundle.Version, parsed.GetValue(_validFor));
        if (!ParameterPacket.TryParse(packet, out var made, out var fault)) throw new InvalidOperationException(fault);
        DurableFile.Write(path, stream => stream.Write(packet));
        var result = new
        {
            recipe.Model,
            Form = form,
            made.Version,
            made.ModelVersion,
            Bytes = packet.Length,
            PayloadBytes = made.Weights.Tensors.Values.Sum(tensor => tensor.Bytes.Length),
            Events = history.Length,
            Out = path,
        };
        if (parsed.GetValue(_json)) JsonLine.Print(result);
        else Terminal.Output.PrintLine($"{form} packet {made.Version}: {result.Bytes} bytes, of weights {result.PayloadBytes} → {path}");
        return 0;
    }

    private static byte[] Make(UserParameters parameters, History history, ParameterForm form, string version, long? validFor)
    {
        if (validFor is < 1) throw new UsageException($"--valid-for {validFor}: 1 second or more is expected");
        try
        {
            var now = validFor is null ? (long?)null : TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            return parameters.Make(history, form, version, now, validFor);
        }
        catch (NotSupportedException e)
        {
            throw new UsageException($"--form {form}: {e.Message}");
        }
    }

    private static UserParameters Open(string run, out RunRecipe recipe, out Catalog catalog)
    {
        recipe = RunRecipe.OfRun(run);
        var dataset = DatasetFolder.Read(Path.Combine(run, "dataset"));
        catalog = dataset.Catalog;
        return UserParameters.Of(ModelKinds.Find(recipe.Model).Load(recipe.Settings, dataset, run)) ?? throw new UsageException(
            $"{run}: the model makes no weights for users; give a run of 'tandem train --parameters …'");
    }
}
