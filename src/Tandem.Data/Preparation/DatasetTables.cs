using System.Globalization;
using Parquet.Schema;

namespace Tandem.Data.Preparation;

/// <summary>The three tables of a data set folder, each read and written whole.</summary>
internal sealed class DatasetTables
{
    private const char CodeSeparator = ' ';

    // Not static: a schema writes into its columns.
    private readonly DataField<int> _user = new("user"), _item = new("item");
    private readonly DataField<long> _time = new("time");
    private readonly DataField<float>? _value;
    private readonly DataField<string> _userKey = new("key", nullable: false), _itemKey = new("key", nullable: false);
    private readonly DataField<string> _title = new("title", nullable: true), _semanticIds = new("semantic_ids", nullable: true);
    private readonly DataField<string> _categories = new("categories", nullable: false);

    private readonly ParquetTable _interactions, _users, _items;

    /// <param name="folder">Of the data set.</param>
    /// <param name="hasValues">True where the interactions have a column of values.</param>
    public DatasetTables(string folder, bool hasValues)
    {
        if (hasValues) _value = new("value");
        _interactions = new ParquetTable(
            folder, "interactions.parquet", _value is null ? [_user, _item, _time] : [_user, _item, _time, _value]);
        _users = new ParquetTable(folder, "users.parquet", _userKey);
        _items = new ParquetTable(folder, "items.parquet", _itemKey, _title, _categories, _semanticIds);
    }

    private ParquetTable[] Tables => [_interactions, _users, _items];

    public void Write(SequenceDataset dataset)
    {
        var users = new int[dataset.Interactions];
        var offset = 0;
        for (var user = 0; user < dataset.Users; user++)
        {
            var length = dataset.Sequence(user).Length;
            users.AsSpan(offset, length).Fill(user);
            offset += length;
        }
        _interactions.Write(async group =>
        {
            await group.WriteAsync<int>(_user, users);
            await group.WriteAsync<int>(_item, dataset.AllItems);
            await group.WriteAsync<long>(_time, dataset.AllTimes);
            if (_value is not null) await group.WriteAsync<float>(_value, dataset.AllValues);
        });
        _users.Write(group => group.WriteAsync(_userKey, dataset.UserKeys));
        WriteItems(dataset.Catalog);
    }

    private void WriteItems(Catalog catalog)
    {
        var items = Enumerable.Range(1, catalog.Count).Select(id => catalog[id]).ToArray();
        _items.Write(async group =>
        {
            await group.WriteAsync(_itemKey, Array.ConvertAll(items, item => item.Key));
            await group.WriteAsync(_title, Array.ConvertAll(items, item => item.Title)!);
            await group.WriteAsync(_categories, Array.ConvertAll(items, item => string.Join(Catalog.CategorySeparator, item.Categories)));
            await group.WriteAsync(_semanticIds, Array.ConvertAll(items, item => Join(item.SemanticIds))!);
        });
    }

    /// <summary>SHA-256 of each table's file, by file name.</summary>
    public Dictionary<string, string> HashFiles() => Tables.ToDictionary(table => table.File, table => table.HashOfBytes());

    /// <exception cref="DatasetException">A file is missing or has another hash.</exception>
    public void RequireIntact(IReadOnlyDictionary<string, string> hashes)
    {
        foreach (var table in Tables)
            table.RequireIntact(hashes.GetValueOrDefault(table.File));
    }

    public SequenceArrays ReadInteractions(int rows)
    {
        var arrays = new SequenceArrays(new int[rows], new int[rows], new long[rows], new float[_value is null ? 0 : rows]);
        _interactions.Read(rows, async group =>
        {
            await group.ReadAsync<int>(_user, arrays.Users);
            await group.ReadAsync<int>(_item, arrays.Items);
            await group.ReadAsync<long>(_time, arrays.Times);
            if (_value is not null) await group.ReadAsync<float>(_value, arrays.Values);
        });
        return arrays;
    }

    public string[] ReadUserKeys(int rows)
    {
        var keys = new string[rows];
        _users.Read(rows, group => group.ReadAsync(_userKey, keys).AsTask());
        return keys;
    }

    public Catalog ReadCatalog(int rows)
    {
        var (keys, titles, categories, codes) = (new string[rows], new string?[rows], new string[rows], new string?[rows]);
        Catalog? catalog = null;
        _items.Read(rows, async group =>
        {
            await group.ReadAsync(_itemKey, keys);
            await group.ReadAsync(_title, titles!);
            await group.ReadAsync(_categories, categories);
            await group.ReadAsync(_semanticIds, codes!);
            catalog = new Catalog(keys.Select((key, i) => new ItemDescription(
                key, titles[i], categories[i].Split(Catalog.CategorySeparator, StringSplitOptions.RemoveEmptyEntries), Split(codes[i]))));
        });
        return catalog!;
    }

    private static string? Join(IReadOnlyList<int>? codes) =>
        codes is null ? null : string.Join(CodeSeparator, codes.Select(code => code.ToString(CultureInfo.InvariantCulture)));

    private static int[]? Split(string? codes) =>
        codes is null ? null : Array.ConvertAll(
            codes.Split(CodeSeparator, StringSplitOptions.RemoveEmptyEntries), code => int.Parse(code, CultureInfo.InvariantCulture));

    /// <summary>[events] each, in the order of users; no values where all are 1.</summary>
    internal readonly record struct SequenceArrays(int[] Users, int[] Items, long[] Times, float[] Values);
}
