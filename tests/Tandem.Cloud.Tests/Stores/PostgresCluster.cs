using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>
/// A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket within it and by no network, ended and deleted
/// afterwards. It flushes to disk as a real one does. Where there are no programs of PostgreSQL, whoever asks is skipped.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    private const string Port = "5432", Superuser = "postgres", Settings =
        "listen_addresses = ''\nfsync = on\nmax_connections = 60\nrecovery_init_sync_method = syncfs\n";
    private const int MostWaitMillis = 30_000;

    private readonly Lock _starting = new();
    private TemporaryFolder? _folder;
    private int _databases;

    private string Data => _folder!["data"];

    /// <summary>The address of a new, empty database. Skips the running test where there can be no server.</summary>
    public string NewDatabase()
    {
        EnsureStarted();
        var name = $"test{Interlocked.Increment(ref _databases)}";
        using (var connection = new NpgsqlConnection(ConnectionString(Superuser)))
        {
            connection.Open();
            using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            command.ExecuteNonQuery();
        }

        return $"postgres:{ConnectionString(name)}";
    }

    public string ConnectionString(string database) =>
        $"Host={_folder!.Root};Port={Port};Username={Superuser};Database={database};Pooling=true;Timeout=15";

    /// <summary>Bytes of a database as the server counts them.</summary>
    public static long SizeOf(string address)
    {
        using var connection = new NpgsqlConnection(address["postgres:".Length..]);
        connection.Open();
        using var command = new NpgsqlCommand("SELECT pg_database_size(current_database())", connection);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Ends the server as a loss of power would, but for what the system has yet to write.</summary>
    public void Kill()
    {
        using var server = Process.GetProcessById(ProcessId());
        server.Kill();
        server.WaitForExit();
    }

    public void Start()
    {
        // The others of a killed server end by themselves; until then the next refuses to start.
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(100))
        {
            var options = $"-k {_folder!.Root} -p {Port}";
            if (Run("pg_ctl", ["start", "-w", "-s", "-D", Data, "-l", _folder["log"], "-o", options], out var said) == 0) return;
            if (waited.ElapsedMilliseconds > MostWaitMillis)
                Assert.Fail($"PostgreSQL did not start: {said}\n{(File.Exists(_folder["log"]) ? File.ReadAllText(_folder["log"]) : "")}");
        }
    }

    public void Dispose()
    {
        if (_folder is null) return;
        Run("pg_ctl", ["stop", "-m", "immediate", "-s", "-D", Data], out _);
        _folder.Dispose();
    }

    private void EnsureStarted()
    {
        if (FindPrograms() is null)
            Assert.Skip("PostgreSQL was not found: initdb is neither in PATH nor in /usr/lib/postgresql/*/bin; install postgresql.");
        lock (_starting)
        {
            if (_folder is not null) return;
            _folder = new();
            if (Environment.IsPrivilegedProcess) RunTool("chown", [OrdinaryUser(), _folder.Root]);
            var made = Run("initdb", ["-D", Data, "-A", "trust", "-U", Superuser, "-E", "UTF8", "--locale=C", "--no-sync"], out var said);
            Assert.True(made == 0, said);
            File.AppendAllText(Path.Combine(Data, "postgresql.conf"), Settings);
            Start();
        }
    }

    private int ProcessId() => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql"; // a folder for every version
        var debian = Directory.Exists(Debian) ? Directory.EnumerateDirectories(Debian).Select(version => Path.Combine(version, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return path.Concat(debian).FirstOrDefault(folder => folder.Length > 0 && Has(folder, "initdb") && Has(folder, "pg_ctl"));

        static bool Has(string folder, string program)
        {
            var file = new FileInfo(Path.Combine(folder, program));
            return file.Exists && (file.LinkTarget is null || file.ResolveLinkTarget(returnFinalTarget: true)!.Exists);
        }
    }

    private static string OrdinaryUser() =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    /// <summary>As an ordinary user: PostgreSQL refuses root.</summary>
    private static int Run(string program, string[] arguments, out string said)
    {
        var path = Path.Combine(FindPrograms()!, program);
        return Environment.IsPrivilegedProcess
            ? RunTool("runuser", ["-u", OrdinaryUser(), "--", path, .. arguments], out said)
            : RunTool(path, arguments, out said);
    }

    private static void RunTool(string program, string[] arguments) => Assert.True(RunTool(program, arguments, out var said) == 0, said);

    /// <summary>A server that is left running may keep the outputs open, so they are waited for only a moment.</summary>
    private static int RunTool(string program, string[] arguments, out string said)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        said = error.Wait(1_000) ? error.Result : "";
        return process.ExitCode;
    }
}
