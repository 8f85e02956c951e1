using System.Diagnostics;
using System.Globalization;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>This test program a second time, with <see cref="AppendUntilKilled"/> alone.</summary>
internal sealed class AppendingProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _told;

    private AppendingProcess(Process process, string told) => (_process, _told) = (process, told);

    public static AppendingProcess Start(string address, string told)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(AppendingProcess).Assembly.Location);
        string[] arguments = ["-class", $"*{nameof(AppendUntilKilled)}", "-explicit", "only"];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        (start.Environment[AppendUntilKilled.Address], start.Environment[AppendUntilKilled.Told]) = (address, told);
        File.WriteAllText(told, "");
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return new(process, told);
    }

    /// <summary>Until it has told of so many appends.</summary>
    public async Task ToldAsync(int appends, CancellationToken cancel)
    {
        while (ReadTold().Length < appends)
        {
            if (_process.HasExited) Assert.Fail($"the appending process ended by itself with code {_process.ExitCode}");
            await Task.Delay(5, cancel);
        }
    }

    /// <summary>Kills it in the midst of whatever it does.</summary>
    /// <returns>Writer and number of every append that was acknowledged.</returns>
    public (string Writer, long Number)[] Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        return [.. ReadTold().Select(line => line.Split(' ')).Select(p => (p[0], long.Parse(p[1], CultureInfo.InvariantCulture)))];
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private string[] ReadTold()
    {
        using var reader = new StreamReader(new FileStream(_told, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n')[..^1]; // the last is empty, or cut off
    }
}
