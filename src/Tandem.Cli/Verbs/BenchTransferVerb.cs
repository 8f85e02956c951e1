using System.CommandLine;
using Tandem.Cli.Bench;
using static Tandem.Cli.Bench.BenchLines;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem bench transfer</c>: what taking weights from another model costs a training.</summary>
internal static class BenchTransferVerb
{
    public static Command Create()
    {
        var (threads, json) = (CommonOptions.Threads(), CommonOptions.Json());
        var verb = new Command(
            "transfer", "SASRec that takes from a GRU4Rec every 4 steps, beside SASRec alone; run it on a quiet machine") { threads, json };
        verb.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var figures = TransferBench.Measure();
            if (parsed.GetValue(json)) JsonLine.Print(figures);
            else Print(figures);
            return 0;
        });
        return verb;
    }

    private static void Print(TransferFigures f)
    {
        Line("a training alone", $"{f.AloneMillisecondsPerStep:0.00} ms a step");
        Line("with a transfer every 4 steps", $"{f.TransferMillisecondsPerStep:0.00} ms a step, {f.OverheadPercent:0.0} % more");
        Line("half of the rounds", $"{f.LowerQuartile:0.0} to {f.UpperQuartile:0.0} % more");
        Line("adapters", $"{f.AdapterParameters} parameters, none of them in what is trained");
    }
}
