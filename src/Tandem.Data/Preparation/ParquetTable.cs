using System.Security.Cryptography;
using Parquet;
using Parquet.Schema;

namespace Tandem.Data.Preparation;

/// <summary>One Parquet file with one row group.</summary>
internal sealed class ParquetTable(string folder, string file, params Field[] columns)
{
    // Made for reading, too: a column cannot be read before it belongs to a schema.
    private readonly ParquetSchema _schema = new(columns);
    private readonly string _path = Path.Combine(folder, file);

    public string File => file;

    /// <summary>What to do about a missing or damaged file.</summary>
    public string Remedy { get; init; } = "prepare the data set again";

    /// <summary>SHA-256 of the file's bytes in hexadecimal.</summary>
    public string HashOfBytes()
    {
        using var stream = System.IO.File.OpenRead(_path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Checks the bytes before they are parsed: Parquet.Net 6.1 may hang on damaged ones.</summary>
    /// <exception cref="DatasetException">The file is missing or damaged.</exception>
    public void RequireIntact(string? hash)
    {
        if (!System.IO.File.Exists(_path))
            throw Fault("no such file", "the table that the manifest names");
        if (HashOfBytes() is var found && found != hash)
            throw Fault($"SHA-256 is {found}", $"{hash ?? "none"}, as the manifest says");
    }

    public void Write(Func<ParquetRowGroupWriter, Task> writeColumns) => WriteAsync(writeColumns).GetAwaiter().GetResult();

    /// <exception cref="DatasetException">The file has another number of rows.</exception>
    public void Read(int rows, Func<ParquetRowGroupReader, Task> readColumns) => ReadAsync(rows, readColumns).GetAwaiter().GetResult();

    private async Task WriteAsync(Func<ParquetRowGroupWriter, Task> writeColumns)
    {
        await using var stream = System.IO.File.Create(_path);
        await using var writer = await ParquetWriter.CreateAsync(_schema, stream);
        using var group = writer.CreateRowGroup();
        await writeColumns(group);
    }

    private async Task ReadAsync(int rows, Func<ParquetRowGroupReader, Task> readColumns)
    {
        await using var reader = await ParquetReader.CreateAsync(_path);
        using var group = reader.OpenRowGroupReader(0);
        if (group.RowCount != rows)
            throw Fault($"{group.RowCount} rows", $"{rows}, as the manifest says");
        await readColumns(group);
    }

    private DatasetException Fault(string what, string expected) => new(what, _path, expected, Remedy);
}
