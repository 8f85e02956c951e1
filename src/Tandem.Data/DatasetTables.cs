using System.Globalization;
using Parquet.Schema;

namespace Tandem.Data;

/// <summary>The three tables of a data set folder, each read and written whole.</summary>
internal sealed class DatasetTables(string folder)
{
    public const char CategorySeparator = '|';
    private const char CodeSeparator = ' ';

    private static readonly DataField<int> User = new("user"), Item = new("item");
    private static readonly DataField<long> Time = new("time");
    private static readonly DataField<string> UserKey = new("key", nullable: false), ItemKey = new("key", nullable: false);
    private static readonly DataField<string> Title = new("title", nullable: true), SemanticIds = new("semantic_ids", nullable: true);
    private static readonly DataField<string> Categories = new("categories", nullable: false);

    private readonly ParquetTable _interactions = new(folder, "interactions.parquet", User, Item, Time);
    private readonly ParquetTable _users = new(folder, "users.parquet", UserKey);
    private readonly ParquetTable _items = new(folder, "items.parquet", ItemKey, Title, Categories, SemanticIds);

    public void Write(SequenceDataset dataset)
    {
        var users = new int[dataset.Interactions];
        var items = new int[dataset.Interactions];
        var times = new long[dataset.Interactions];
        var offset = 0;
        for (var user = 0; user < dataset.Users; user++)
        {
            var sequence = dataset.Sequence(user);
            users.AsSpan(offset, sequence.Length).Fill(user);
            sequence.CopyTo(items.AsSpan(offset));
            dataset.Times(user).CopyTo(times.AsSpan(offset));
            offset += sequence.Length;
        }
        _interactions.Write(async group =>
        {
            await group.WriteAsync<int>(User, users);
            await group.WriteAsync<int>(Item, items);
            await group.WriteAsync<long>(Time, times);
        });
        _users.Write(group => group.WriteAsync(UserKey, dataset.UserKeys));
        WriteItems(dataset.Catalog);
    }

    private void WriteItems(Catalog catalog)
    {
        var items = Enumerable.Range(1, catalog.Count).Select(id => catalog[id]).ToArray();
        _items.Write(async group =>
        {
            await group.WriteAsync(ItemKey, Array.ConvertAll(items, item => item.Key));
            await group.WriteAsync(Title, Array.ConvertAll(items, item => item.Title)!);
            await group.WriteAsync(Categories, Array.ConvertAll(items, item => string.Join(CategorySeparator, item.Categories)));
            await group.WriteAsync(SemanticIds, Array.ConvertAll(items, item => Join(item.SemanticIds))!);
        });
    }

    public SequenceArrays ReadInteractions(int rows)
    {
        var arrays = new SequenceArrays(new int[rows], new int[rows], new long[rows]);
        _interactions.Read(rows, async group =>
        {
            await group.ReadAsync<int>(User, arrays.Users);
            await group.ReadAsync<int>(Item, arrays.Items);
            await group.ReadAsync<long>(Time, arrays.Times);
        });
        return arrays;
    }

    public string[] ReadUserKeys(int rows)
    {
        var keys = new string[rows];
        _users.Read(rows, group => group.ReadAsync(UserKey, keys).AsTask());
        return keys;
    }

    public Catalog ReadCatalog(int rows)
    {
        var (keys, titles, categories, codes) = (new string[rows], new string?[rows], new string[rows], new string?[rows]);
        Catalog? catalog = null;
        _items.Read(rows, async group =>
        {
            await group.ReadAsync(ItemKey, keys);
            await group.ReadAsync(Title, titles!);
            await group.ReadAsync(Categories, categories);
            await group.ReadAsync(SemanticIds, codes!);
            catalog = new Catalog(keys.Select((key, i) => new ItemDescription(
                key, titles[i], categories[i].Split(CategorySeparator, StringSplitOptions.RemoveEmptyEntries), Split(codes[i]))));
        });
        return catalog!;
    }

    private static string? Join(IReadOnlyList<int>? codes) =>
        codes is null ? null : string.Join(CodeSeparator, codes.Select(code => code.ToString(CultureInfo.InvariantCulture)));

    private static int[]? Split(string? codes) =>
        codes is null ? null : Array.ConvertAll(
            codes.Split(CodeSeparator, StringSplitOptions.RemoveEmptyEntries), code => int.Parse(code, CultureInfo.InvariantCulture));

    /// <summary>[events] each, in the order of users.</summary>
    internal readonly record struct SequenceArrays(int[] Users, int[] Items, long[] Times);
}
