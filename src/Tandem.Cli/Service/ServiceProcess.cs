using System.Diagnostics;
using System.Text.Json;

namespace Tandem.Cli.Service;

/// <summary>A service in a process of its own, as an operator runs it.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;

    private ServiceProcess(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Bytes of memory that it has at the moment.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>False where it has ended, by itself or killed.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts one at a free port of this machine, and waits until it listens.</summary>
    /// <param name="arguments">Of <c>tandem serve</c>.</param>
    /// <exception cref="InvalidOperationException">It ended before it listened.</exception>
    public static async Task<ServiceProcess> StartAsync(params string[] arguments)
    {
        var start = OwnProcess.StartInfo(["serve", .. arguments, "--urls", "http://127.0.0.1:0", "--json"]);
        start.RedirectStandardError = true;
        var process = OwnProcess.Start(start);
        var errors = process.StandardError.ReadToEndAsync(); // read all along, or a full pipe would stop it
        if (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is not { } line)
            throw new InvalidOperationException($"the service ended: {await errors.ConfigureAwait(false)}");
        using var told = JsonDocument.Parse(line);
        return new(process, new(told.RootElement.GetProperty("urls")[0].GetString()!));
    }

    /// <summary>Ends it at once, in the middle of whatever it does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
