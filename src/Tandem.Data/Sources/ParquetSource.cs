using Parquet;
using Parquet.Schema;

namespace Tandem.Data.Sources;

/// <summary>
/// One Parquet file with named columns: users and items are texts, UUIDs or whole numbers of any type; times numbers, timestamps or dates;
/// values numbers, or true and false, which are 1 and 0. A column within structures has their names before its own, with dots between
/// them, and is meant only where it is named so. A row group is read at a time, so a file of one group is held whole.
/// </summary>
/// <param name="path">The file; its folder's name becomes the data set's.</param>
/// <param name="columns">Names of its columns.</param>
public sealed class ParquetSource(string path, ColumnNames columns) : IInteractionSource
{
    internal const string Extension = ".parquet";

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <inheritdoc/>
    public bool HasTimes => HasTimesAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems() => new Dictionary<string, ItemDescription>();

    /// <inheritdoc/>
    /// <exception cref="DatasetException">The file is damaged, a column is missing or of another type, or a field is empty.</exception>
    public IEnumerable<Interaction> Read()
    {
        var first = 1L;
        var groups = RunAsync(reader => Task.FromResult(CountGroups(reader))).GetAwaiter().GetResult();
        for (var group = 0; group < groups; group++)
        {
            var read = ReadGroupAsync(group, first).GetAwaiter().GetResult();
            for (var row = 0; row < read.Rows; row++)
                yield return read[row];
            first += read.Rows;
        }
    }

    private int CountGroups(ParquetReader reader)
    {
        var groups = reader.Metadata!.RowGroups;
        return groups.Sum(group => group.NumRows) == reader.Metadata.NumRows ? groups.Count : throw Damaged("its groups have not as many rows as it says");
    }

    private Task<bool> HasTimesAsync() => RunAsync(reader => Task.FromResult(FindTime(reader) is not null));

    private Task<ParquetEvents> ReadGroupAsync(int index, long firstRow) => RunAsync(async reader =>
    {
        using var group = reader.OpenRowGroupReader(index);
        var rows = checked((int)group.RowCount);
        var column = new ParquetColumn(path, group, rows, firstRow);
        return new ParquetEvents(
            rows,
            await column.ReadKeysAsync(Complete(Require(reader, columns.User))),
            await column.ReadKeysAsync(Complete(Require(reader, columns.Item))),
            FindTime(reader) is { } time ? await column.ReadTimesAsync(Complete(time), columns.TimeUnit) : null,
            FindValue(reader) is { } value ? await column.ReadValuesAsync(Complete(value)) : null);

        DataField Complete(DataField field) =>
            group.GetMetadata(field)?.MetaData?.NumValues == rows ? field : throw Damaged($"column '{field.Name}' has not as many values as rows");
    });

    private async Task<T> RunAsync<T>(Func<ParquetReader, Task<T>> read)
    {
        await using var file = SourceFile.OpenBytes(path);
        RequireParquet(file);
        try
        {
            await using var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true);
            return await read(reader);
        }
        catch (Exception e) when (e is not DatasetException)
        {
            // On damaged bytes the library fails in any way there is, from an index out of range to a lack of memory.
            throw Damaged(e.Message, e);
        }
    }

    private void RequireParquet(FileStream file)
    {
        var head = new byte[FileSignature.Size];
        var known = head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        if (FileSignature.IsParquet(known))
        {
            if (!ParquetFooter.IsWhole(file)) throw Damaged("it ends early, or its footer has no end");
            file.Position = 0;
            return;
        }
        var what = FileSignature.IsGzip(known) ? "is packed with gzip" : FileSignature.Foreign(known) is { } foreign ? "is " + foreign : "does not begin as a Parquet file";
        throw new DatasetException(what, path, "a whole Parquet file, which is packed inside", "unpack it, or write or fetch it again");
    }

    private DataField? FindTime(ParquetReader reader) =>
        columns.Time is { } named ? Require(reader, named) : Find(reader, ColumnNames.UsualTime);

    private DataField? FindValue(ParquetReader reader) =>
        columns.Value is { } named ? Require(reader, named) : Find(reader, ColumnNames.UsualValue);

    /// <summary>A column of that name, or one within structures by its names with dots between them; never one within a list or a map.</summary>
    private DataField? Find(ParquetReader reader, string name)
    {
        var top = reader.Schema.Fields.FirstOrDefault(field => field.Name == name);
        var field = top ?? reader.Schema.DataFields.FirstOrDefault(field => ParquetTypes.DottedPath(field) == name);
        if (field is null or DataField { MaxRepetitionLevel: 0 }) return field as DataField;
        throw Fault($"column '{name}' is {(top is null ? "inside a list" : ParquetTypes.DescribeNested(top))}");
    }

    private DataField Require(ParquetReader reader, string name)
    {
        if (Find(reader, name) is { } found) return found;
        var inside = reader.Schema.DataFields.FirstOrDefault(field => field.Name == name);
        throw Fault($"no column '{name}' among '{string.Join(", ", reader.Schema.Fields.Select(field => field.Name))}'"
            + (inside is null ? "" : inside.MaxRepetitionLevel > 0 ? $", only one inside the list '{inside.Path.FirstPart}'" : $", only '{ParquetTypes.DottedPath(inside)}'"));
    }

    private DatasetException Damaged(string how, Exception? cause = null) =>
        new($"is damaged: {how}", path, "a whole Parquet file", "write or fetch it again", cause);

    private DatasetException Fault(string what) =>
        new(what, path, "columns of users and items with one value in every row", "name the columns that hold them");

    private sealed record ParquetEvents(int Rows, string[] Users, string[] Items, long[]? Times, float[]? Values)
    {
        public Interaction this[int row] => new(Users[row], Items[row], Times?[row] ?? 0, Values?[row] ?? 1);
    }
}
