using System.Diagnostics.CodeAnalysis;
using Tandem.Device.Models;
using Tandem.Device.Storage;
using Tandem.Protocol;
using Tandem.Protocol.Items;

namespace Tandem.Device.Items;

/// <summary>
/// Item rows that came in slices, as many as fit; the one unused for longest makes room. All memory is taken at construction: adding,
/// looking up and making room allocate nothing. Rows of one catalogue and one model only.
/// </summary>
/// <remarks>
/// Nothing is pinned. A session looks up its list and its window of history at every ranking, and a lookup is a use, so these are
/// always the newest rows; they can be pushed out by a new slice alone. A capacity of at least a list, a slice and a window of history
/// keeps them all; pins would be state of the session's kept in a second place. Not for use by two threads at once.
/// </remarks>
internal sealed class ItemCache
{
    private const int DictionaryEntryBytes = 5 * sizeof(int);   // hash, next, key and value, and a bucket

    private readonly string _catalogVersion;
    private readonly int _items;
    private readonly int[] _itemOf;                 // [capacity] by slot, 0 for none
    private readonly SlotRows _rows;
    private readonly SlotRows[] _contents;          // beside the joins
    private readonly IReadOnlyList<ContentJoin> _joins;
    private readonly Dictionary<int, int> _slotOf;  // never above its first capacity, so it never grows
    private readonly RecencyOrder _order;
    private readonly string _modelVersion;

    /// <param name="capacity">Most rows held; each takes D + 36 bytes or so, and d + 4 for each content.</param>
    /// <param name="width">D of the model.</param>
    /// <param name="items">V of the catalogue.</param>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="modelVersion">Version of the model whose rows are held.</param>
    /// <param name="contents">Whose vectors are held beside the rows.</param>
    public ItemCache(
        int capacity, int width, int items, string catalogVersion, string modelVersion, IReadOnlyList<ContentJoin> contents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (_items, _catalogVersion, _modelVersion, _joins) = (items, catalogVersion, modelVersion, contents);
        (_itemOf, _rows) = (new int[capacity], new(capacity, width));
        _contents = [.. contents.Select(join => new SlotRows(capacity, join.Width))];
        (_slotOf, _order) = (new Dictionary<int, int>(capacity), new RecencyOrder(capacity));
    }

    /// <summary>Most rows held.</summary>
    public int Capacity => _itemOf.Length;

    /// <summary>Bytes that it holds, as many for an empty one as for a full one.</summary>
    public long SizeBytes =>
        _rows.SizeBytes + _contents.Sum(rows => rows.SizeBytes) + Capacity * (long)(sizeof(int) + DictionaryEntryBytes) + _order.SizeBytes;

    /// <summary>Rows held.</summary>
    public int Count => _slotOf.Count;

    /// <summary>[capacity] the item of each slot, 0 for none; to look at them is no use of them.</summary>
    public ReadOnlySpan<int> ItemsBySlot => _itemOf;

    /// <summary>The rows by slot. A row stays where it is until the next slice.</summary>
    public QuantisedRows Rows => _rows.Rows;

    /// <summary>The content vectors by slot.</summary>
    /// <param name="content">Place among the model's contents.</param>
    public QuantisedRows ContentRows(int content) => _contents[content].Rows;

    /// <summary>Takes in all rows of a slice, or none; each becomes newer than every row before.</summary>
    /// <param name="slice">From the cloud, checked in itself.</param>
    /// <param name="fault">Why it was refused, or null.</param>
    public bool TryAdd(ItemSlice slice, [NotNullWhen(false)] out string? fault)
    {
        fault = FaultOf(slice);
        if (fault is not null) return false;
        for (var i = 0; i < slice.Items.Length; i++)
        {
            var slot = SlotFor(slice.Items[i]);
            _rows.Put(slot, slice.Codes(i), slice.Scales[i]);
            for (var c = 0; c < _contents.Length; c++)
            {
                var content = slice.Content(_joins[c].Name)!; // checked above
                _contents[c].Put(slot, content.Codes(i), content.Scales[i]);
            }
        }

        return true;
    }

    /// <summary>Where an item's row lies; counts as a use of it.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="slot">Its place among <see cref="Rows"/>.</param>
    public bool TryGetSlot(int item, out int slot)
    {
        if (!_slotOf.TryGetValue(item, out slot)) return false;
        _order.Touch(slot);
        return true;
    }

    /// <summary>Ids of the rows held, rising.</summary>
    public int[] HeldItems() => [.. _slotOf.Keys.Order()];

    /// <summary>Writes every row, the one unused for longest first.</summary>
    public void Save(SnapshotWriter writer)
    {
        var slots = _order.FromOldest().Where(slot => _itemOf[slot] != 0).ToArray();
        writer.Add<int>("cache.items", [.. slots.Select(slot => _itemOf[slot])]);
        _rows.Save(writer, "cache", slots);
        for (var c = 0; c < _contents.Length; c++) _contents[c].Save(writer, ContentName(c), slots);
    }

    /// <summary>Reads what <see cref="Save"/> wrote into a cache that is empty, the newest rows where not all fit; false where they are no
    /// rows of this catalogue.</summary>
    public bool TryLoad(SnapshotReader reader)
    {
        if (!reader.TryGet<int>("cache.items", out var items) || items.ContainsAnyExceptInRange(1, _items)
            || !_rows.TryFind(reader, "cache", items.Length, FiniteWeights.GreatestScale, out var codes, out var scales))
        {
            return false;
        }

        for (var c = 0; c < _contents.Length; c++)
            if (!TryFind(reader, c, items.Length, out _, out _)) return false;
        for (var i = 0; i < items.Length; i++)
            _rows.Put(SlotFor(items[i]), codes.Slice(i * _rows.Width, _rows.Width), scales[i]);
        for (var c = 0; c < _contents.Length; c++) LoadContent(reader, c, items);
        return true;
    }

    /// <summary>Vectors of the items that found a slot.</summary>
    private void LoadContent(SnapshotReader reader, int content, ReadOnlySpan<int> items)
    {
        var rows = _contents[content];
        _ = TryFind(reader, content, items.Length, out var codes, out var scales);
        for (var i = 0; i < items.Length; i++)
            if (_slotOf.TryGetValue(items[i], out var slot)) rows.Put(slot, codes.Slice(i * rows.Width, rows.Width), scales[i]);
    }

    private bool TryFind(
        SnapshotReader reader, int content, int count, out ReadOnlySpan<sbyte> codes, out ReadOnlySpan<float> scales) =>
        _contents[content].TryFind(
            reader, ContentName(content), count, Protocol.Items.ContentRows.GreatestScale, out codes, out scales);

    private string ContentName(int content) => $"cache.content.{_joins[content].Name}";

    private int SlotFor(int item)
    {
        if (TryGetSlot(item, out var slot)) return slot;
        slot = _order.Oldest;
        if (_itemOf[slot] != 0) _slotOf.Remove(_itemOf[slot]);
        _itemOf[slot] = item;
        _slotOf.Add(item, slot);
        _order.Touch(slot);
        return slot;
    }

    private string? FaultOf(ItemSlice slice)
    {
        if (slice.CatalogVersion != _catalogVersion)
        {
            return $"the slice numbers items by catalogue {FaultText.Shorten(slice.CatalogVersion)}, this device by {_catalogVersion}; "
                + "fetch the bundle again";
        }

        if (slice.ModelVersion != _modelVersion)
        {
            return $"the slice holds rows of model {FaultText.Shorten(slice.ModelVersion)}, this device runs {_modelVersion}; "
                + "ask for a slice of that model";
        }

        if (slice.Width != _rows.Width)
            return $"the slice's rows have {slice.Width} elements, expected {_rows.Width}; fetch the bundle again";
        if (slice.Scales.ContainsAnyExceptInRange(0, FiniteWeights.GreatestScale))
            return $"a scale of the slice is not within 0 to {FiniteWeights.GreatestScale}; ask for another list";
        foreach (var join in _joins)
        {
            if (slice.Content(join.Name)?.Width != join.Width)
                return $"the slice brings no '{join.Name}' vectors of {join.Width} elements, which this model joins; ask for another list";
        }

        if (slice.Items.Length > Capacity)
            return $"the slice holds {slice.Items.Length} rows, expected at most the {Capacity} that fit; ask for a shorter list";
        var beyond = slice.Items.IndexOfAnyExceptInRange(1, _items);
        return beyond < 0 ? null : $"item {slice.Items[beyond]} at place {beyond} of the slice is outside 1..{_items}";
    }
}
