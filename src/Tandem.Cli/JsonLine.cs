using Tandem.Learning.Runs;

namespace Tandem.Cli;

/// <summary>The one JSON object that ends the output of a verb under <c>--json</c>.</summary>
internal static class JsonLine
{
    public static void Print(object result) => Terminal.Output.PrintLine(RunJson.ToLine(result));
}
