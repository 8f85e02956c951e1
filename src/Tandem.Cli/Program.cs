using System.CommandLine;
using System.CommandLine.Invocation;
using Tandem.Cli;
using Tandem.Cli.Verbs;
using Tandem.Encoders;
using Tandem.Learning.Language.Sentences;

SentenceEncoders.Register();
BertEncoders.Register();
var root = new RootCommand("Tandem: a recommender that runs in the cloud and on the device at once.")
{
    DataVerb.Create(),
    ItemsVerb.Create(),
    TrainVerb.Create(),
    EvaluateVerb.Create(),
    TransferVerb.Create(),
    TuneVerb.Create(),
    CodesVerb.Create(), ParametersVerb.Create(),
    RecommendVerb.Create(), DeviceVerb.Create(),
    ExportVerb.Create(),
    SimulateVerb.Create(),
    ServeVerb.Create(), KeysVerb.Create(), EventsVerb.Create(), RetrainVerb.Create(), LanguageVerb.Create(),
    BenchVerb.Create(),
    DrillDeviceVerb.Create(),
    CompareVerb.Create(),
    ExperimentVerb.Create(),
    DemoVerb.Create(),
};

// A value may begin with '@', as keys of items do: it never names a file of further arguments.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is ParseErrorAction) return Fail(UsageText.Of(parsed));

try
{
    // How long a verb that is interrupted may go on before the process is ended.
    var patience = parsed.CommandResult.Command.Name == ServeVerb.Name ? ServeVerb.Shutdown : TimeSpan.FromSeconds(2);
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = patience });
}
catch (Exception e) when (IsForUsers(e))
{
    return Fail(e.Message);
}
catch (OperationCanceledException)
{
    return 130; // as shells report an interrupt; the run's folder was told when it began
}

// Exceptions of the product's own types say what was given, what was expected and what to do; so do those of files.
static bool IsForUsers(Exception e) =>
    e is IOException or UnauthorizedAccessException || e.GetType().Namespace!.StartsWith(nameof(Tandem), StringComparison.Ordinal);

static int Fail(string message)
{
    // One line, whatever the message: it is read in terminals and matched by scripts.
    Terminal.Error.PrintLine(
        "error: " + string.Join(" ", message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
    return 2;
}
