using System.Globalization;

namespace Tandem.Cli.Bench;

/// <summary>What every bench says: to standard error what it is at, to standard output what it measured.</summary>
internal static class BenchLines
{
    /// <summary>Measures something whose name is shown first.</summary>
    public static T Step<T>(string name, Func<T> measure)
    {
        Terminal.Error.PrintLine($"{name} ...");
        return measure();
    }

    /// <summary>A figure on a line of its own.</summary>
    public static void Line(string what, FormattableString figure) =>
        Terminal.Output.PrintLine($"{what}: {figure.ToString(CultureInfo.InvariantCulture)}");
}
