using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tandem.Cloud.Stores;

/// <summary>
/// A prepared statement for the hot path: parameters are bound without the objects that SqliteCommand allocates for each. Not for use by
/// two threads at once.
/// </summary>
/// <param name="connection">Outlives it.</param>
/// <param name="sql">With a question mark for every parameter, the first of which is 1.</param>
internal sealed class SqliteStatement(SqliteConnection connection, string sql) : IDisposable
{
    private readonly sqlite3 _database = connection.Handle!;
    private readonly sqlite3_stmt _statement = Prepare(connection.Handle!, sql);
    private byte[] _text = new byte[256];

    public SqliteStatement Number(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Real(int parameter, double value)
    {
        Check(raw.sqlite3_bind_double(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Text(int parameter, string value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_text.Length < most) _text = new byte[most];
        Check(raw.sqlite3_bind_text(_statement, parameter, _text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text))));
        return this;
    }

    public SqliteStatement Blob(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Null(int parameter)
    {
        Check(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    /// <summary>Rows that it changed.</summary>
    public int Run()
    {
        Step(raw.SQLITE_DONE);
        return raw.sqlite3_changes(_database);
    }

    /// <summary>The number in the first column of the first row, or null where there is no row.</summary>
    public long? One()
    {
        var code = raw.sqlite3_step(_statement);
        long? number = code == raw.SQLITE_ROW ? raw.sqlite3_column_int64(_statement, 0) : null;
        var reset = raw.sqlite3_reset(_statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) Check(reset);
        return number;
    }

    public void Dispose() => _statement.Dispose();

    private static sqlite3_stmt Prepare(sqlite3 database, string sql)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out var statement), database);
        return statement;
    }

    private void Step(int expected)
    {
        var code = raw.sqlite3_step(_statement);
        var reset = raw.sqlite3_reset(_statement); // says again what step said
        if (code != expected) Check(reset == raw.SQLITE_OK ? code : reset);
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
