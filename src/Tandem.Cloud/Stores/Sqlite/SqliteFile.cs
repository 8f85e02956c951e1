using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tandem.Protocol;

namespace Tandem.Cloud.Stores;

/// <summary>A SQLite file that this process alone has: a lock on the file <c>.lock</c> beside it is held until disposal.</summary>
internal sealed class SqliteFile : IDisposable
{
    private const int HeaderBytes = 100, VersionAt = 60, ApplicationAt = 68;   // https://sqlite.org/fileformat2.html#the_database_header
    private const int Application = 0x546e646d;                               // "Tndm"
    private const int PagesPerCheckpoint = 4_000;                             // 16 MB of log
    private const int WriterCacheKiB = 65_536, ReaderCacheKiB = 4_096;

    private readonly FileStream _lock;
    private readonly string _reading;

    private SqliteFile(string path, FileStream held)
    {
        (Path, _lock) = (path, held);
        _reading = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = true }.ToString();
    }

    public string Path { get; }

    /// <summary>Takes the file, or makes it where there is none, and brings its schema to the last step.</summary>
    /// <param name="path">In an existing folder.</param>
    /// <param name="options">Which steps there are, and up to which size a file is read through.</param>
    /// <param name="writer">The connection for writing; the caller's.</param>
    /// <exception cref="StoreException">The file cannot be used.</exception>
    public static SqliteFile Open(string path, StoreOptions options, out SqliteConnection writer)
    {
        var target = Target(path);
        var file = new SqliteFile(target, Lock(target));
        SqliteConnection? connection = null;
        try
        {
            var steps = options.Migrations ?? Migration.Of("Sqlite");
            file.CheckHeader(steps);
            connection = new(new SqliteConnectionStringBuilder { DataSource = target, Pooling = false }.ToString());
            connection.Open();
            file.Prepare(connection, steps, options.CheckedBytes);
            writer = connection;
            return file;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            file.Dispose();
            if (e is SqliteException sqlite) throw file.Fault(sqlite);
            if (e is IOException or UnauthorizedAccessException) throw new StoreException($"{target} cannot be opened: {e.Message}", e);
            throw;
        }
    }

    /// <summary>A connection that sees what is committed, from a pool; the caller disposes of it.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_reading);
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA query_only = ON; PRAGMA cache_size = -{ReaderCacheKiB}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What SQLite says, with the file and what to do.</summary>
    public StoreException Fault(SqliteException e) => e.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_NOTADB => new($"{Path} is no SQLite database, or one that is encrypted; choose another file", e),
        SQLitePCL.raw.SQLITE_CORRUPT => Damaged(e.Message, e),
        SQLitePCL.raw.SQLITE_FULL => new($"{Path} cannot grow, its disk is full; make room", e) { IsTransient = true },
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED =>
            new($"{Path} is held by another program ({e.Message}); end it and try again", e) { IsTransient = true },
        SQLitePCL.raw.SQLITE_IOERR => new($"{Path} cannot be read or written: {e.Message}", e) { IsTransient = true },
        _ => new($"{Path}: {e.Message}", e),
    };

    public void Dispose()
    {
        using (var pooled = new SqliteConnection(_reading)) SqliteConnection.ClearPool(pooled);
        _lock.Dispose();
    }

    /// <summary>
    /// Writes the file anew without what was deleted. It is not enough that SQLite zeroes what it deletes: where it divides a page, copies
    /// of rows stay behind in the part that is free, and those of other rows than are deleted later.
    /// </summary>
    /// <returns>False where a reader still needs the log, which holds what was.</returns>
    public static bool TryClean(SqliteConnection connection)
    {
        if (Number(connection, "SELECT erasing FROM counter") != 0) Execute(connection, "VACUUM; UPDATE counter SET erasing = 0");
        return TryEmptyLog(connection);
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static bool TryEmptyLog(SqliteConnection connection)
    {
        try
        {
            return Number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0; // the first column: 1 where it was kept from it
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED)
        {
            return false;
        }
    }

    private static string Target(string path)
    {
        try
        {
            var target = FileLink.FinalTarget(path);
            if (Directory.Exists(target)) throw new StoreException($"{target} is a folder; name a file");
            var folder = System.IO.Path.GetDirectoryName(target);
            return Directory.Exists(folder) ? target : throw new StoreException($"the folder {folder} does not exist; make it first");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new StoreException($"'{path}' names no file: {e.Message}", e);
        }
    }

    private static FileStream Lock(string target)
    {
        var path = $"{target}.lock";
        try
        {
            return new FileStream(path, DurableFile.Private(FileMode.OpenOrCreate));
        }
        catch (IOException e)
        {
            throw new StoreException($"{target} is in use: another process, or this one, holds {path}; end it, or choose another file", e)
            {
                IsTransient = true,
            };
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException($"{path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Reads the first bytes before SQLite does, for opening a database may already write to it.</summary>
    private void CheckHeader(IReadOnlyList<Migration> steps)
    {
        if (!File.Exists(Path)) new FileStream(Path, DurableFile.Private(FileMode.CreateNew)).Dispose();
        Span<byte> header = stackalloc byte[HeaderBytes];
        using var stream = File.OpenRead(Path);
        var read = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        if (read == 0) return;
        if (read < HeaderBytes || !header.StartsWith("SQLite format 3\0"u8))
            throw new StoreException($"{Path} is no SQLite database; choose another file");
        if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationAt..]) == Application)
            Migration.After(steps, BinaryPrimitives.ReadInt32BigEndian(header[VersionAt..]), Path);
    }

    private void Prepare(SqliteConnection connection, IReadOnlyList<Migration> steps, long checkedBytes)
    {
        var isNew = RequireOurs(connection);
        var version = (int)Number(connection, "PRAGMA user_version");
        var missing = Migration.After(steps, version, Path).ToArray();
        if (!isNew && new FileInfo(Path).Length <= checkedBytes) RequireWhole(connection);
        Execute(connection, $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA cache_size = -{WriterCacheKiB};
            PRAGMA wal_autocheckpoint = {PagesPerCheckpoint}
            """);
        foreach (var step in missing) Migrate(connection, step);
        TryClean(connection); // an erasure may have been cut off; nobody reads yet
    }

    private static void Migrate(SqliteConnection connection, Migration step)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, step.Script);
        Execute(connection, $"PRAGMA application_id = {Application}; PRAGMA user_version = {step.Version}");
        transaction.Commit();
    }

    /// <returns>True where there is nothing in it yet.</returns>
    private bool RequireOurs(SqliteConnection connection)
    {
        if (Number(connection, "PRAGMA application_id") == Application) return false;
        return Number(connection, "SELECT count(*) FROM sqlite_schema") == 0
            ? true
            : throw new StoreException($"{Path} is a database of another program; choose another file");
    }

    private void RequireWhole(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() as string is var found && found != "ok") throw Damaged(found ?? "nothing can be read");
    }

    private StoreException Damaged(string how, SqliteException? inner = null) =>
        new($"{Path} is damaged ({how}); put a backup in its place, or save what can be read with sqlite3's .recover", inner);
}
