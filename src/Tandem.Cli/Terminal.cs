using Spectre.Console;

namespace Tandem.Cli;

/// <summary>Results go to standard output, everything that watches or fails to standard error.</summary>
internal static class Terminal
{
    public static IAnsiConsole Output { get; } = AnsiConsole.Console;

    public static IAnsiConsole Error { get; } =
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>A line of plain text, not wrapped and with no markup read into it.</summary>
    public static void PrintLine(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);
}
