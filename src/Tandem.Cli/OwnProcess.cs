using System.Diagnostics;

namespace Tandem.Cli;

/// <summary>This program once more, in a process of its own.</summary>
internal static class OwnProcess
{
    /// <summary>How it is started; its standard output is read.</summary>
    /// <param name="arguments">Of the command line.</param>
    public static ProcessStartInfo StartInfo(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public static Process Start(ProcessStartInfo start) =>
        Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} was not started");
}
