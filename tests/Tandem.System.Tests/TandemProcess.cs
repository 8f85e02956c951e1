using System.Diagnostics;
using System.Text.Json;

namespace Tandem.System.Tests;

/// <summary>The command line as a user runs it: a process of its own, with exit code and both outputs.</summary>
internal sealed record TandemProcess(int ExitCode, string Output, string Error)
{
    /// <summary>The last line of the output, read as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;

    public static TandemProcess Run(params string[] arguments) => RunWith(store: null, arguments);

    /// <param name="store">Of the variable that names the store of events; null for none.</param>
    /// <param name="arguments">Of the command line.</param>
    public static TandemProcess RunWith(string? store, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "tandem.dll"));
        start.Environment["TANDEM_STORE"] = store;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new TandemProcess(process.ExitCode, output, error.Result);
    }

    /// <summary>Bad input: exit code 2, nothing on standard output, one line on standard error, no stack trace.</summary>
    public string RefusedWith()
    {
        Assert.Equal(2, ExitCode);
        Assert.Equal("", Output);
        var line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        return line;
    }
}
