using Parquet;
using Parquet.Schema;

namespace Tandem.Data;

/// <summary>One Parquet file with one row group.</summary>
internal sealed class ParquetTable(string folder, string file, params Field[] columns)
{
    public void Write(Func<ParquetRowGroupWriter, Task> writeColumns) => WriteAsync(writeColumns).GetAwaiter().GetResult();

    /// <exception cref="DatasetException">The file is missing, damaged or has another number of rows.</exception>
    public void Read(int rows, Func<ParquetRowGroupReader, Task> readColumns)
    {
        try
        {
            ReadAsync(rows, readColumns).GetAwaiter().GetResult();
        }
        // What the reader throws on damaged bytes depends on where the damage is.
        catch (Exception e) when (e is ParquetException or IOException or InvalidDataException or InvalidOperationException
            or ArgumentException or OverflowException or IndexOutOfRangeException or NotSupportedException or FormatException)
        {
            throw Fault(e.Message, "a Parquet file with the columns " + string.Join(", ", columns.Select(column => column.Name)), e);
        }
    }

    private async Task WriteAsync(Func<ParquetRowGroupWriter, Task> writeColumns)
    {
        await using var stream = File.Create(Path.Combine(folder, file));
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(columns), stream);
        using var group = writer.CreateRowGroup();
        await writeColumns(group);
    }

    private async Task ReadAsync(int rows, Func<ParquetRowGroupReader, Task> readColumns)
    {
        await using var reader = await ParquetReader.CreateAsync(Path.Combine(folder, file));
        if (reader.RowGroupCount != 1)
            throw Fault($"{reader.RowGroupCount} row groups", "1");
        using var group = reader.OpenRowGroupReader(0);
        if (group.RowCount != rows)
            throw Fault($"{group.RowCount} rows", $"{rows}, as the manifest says");
        await readColumns(group);
    }

    private DatasetException Fault(string what, string expected, Exception? cause = null) =>
        new(what, Path.Combine(folder, file), expected, "prepare the data set again", cause);
}
