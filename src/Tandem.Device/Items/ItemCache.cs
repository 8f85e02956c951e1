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
    private readonly int _width;
    private readonly int _items;
    private readonly int[] _itemOf;                 // [capacity] by slot, 0 for none
    private readonly sbyte[] _codes;                // [capacity × D]
    private readonly float[] _scales;               // [capacity]
    private readonly Dictionary<int, int> _slotOf;  // never above its first capacity, so it never grows
    private readonly RecencyOrder _order;
    private readonly string _modelVersion;

    /// <param name="capacity">Most rows held; each takes D + 36 bytes or so.</param>
    /// <param name="width">D of the model.</param>
    /// <param name="items">V of the catalogue.</param>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="modelVersion">Version of the model whose rows are held.</param>
    public ItemCache(int capacity, int width, int items, string catalogVersion, string modelVersion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (_width, _items, _catalogVersion, _modelVersion) = (width, items, catalogVersion, modelVersion);
        (_itemOf, _codes, _scales) = (new int[capacity], new sbyte[checked(capacity * width)], new float[capacity]);
        Rows = new(_codes, _scales, width);
        (_slotOf, _order) = (new Dictionary<int, int>(capacity), new RecencyOrder(capacity));
    }

    /// <summary>Most rows held.</summary>
    public int Capacity => _itemOf.Length;

    /// <summary>Bytes that it holds, as many for an empty one as for a full one.</summary>
    public long SizeBytes =>
        _codes.LongLength + Capacity * (long)(sizeof(int) + sizeof(float) + DictionaryEntryBytes) + _order.SizeBytes;

    /// <summary>Rows held.</summary>
    public int Count => _slotOf.Count;

    /// <summary>The rows by slot. A row stays where it is until the next slice.</summary>
    public QuantisedRows Rows { get; }

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
            slice.Codes(i).CopyTo(_codes.AsSpan(slot * _width));
            _scales[slot] = slice.Scales[i];
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
        writer.Add<float>("cache.scales", [.. slots.Select(slot => _scales[slot])]);
        writer.Add<sbyte>("cache.codes", [.. slots.SelectMany(slot => _codes[(slot * _width)..((slot + 1) * _width)])]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote into a cache that is empty, the newest rows where not all fit; false where they are no
    /// rows of this catalogue.</summary>
    public bool TryLoad(SnapshotReader reader)
    {
        if (!reader.TryGet<int>("cache.items", out var items) || !reader.TryGet<float>("cache.scales", out var scales)
            || !reader.TryGet<sbyte>("cache.codes", out var codes) || scales.Length != items.Length
                || codes.Length != (long)items.Length * _width
            || items.ContainsAnyExceptInRange(1, _items) || codes.Contains(sbyte.MinValue) || !AreScales(scales))
        {
            return false;
        }

        for (var i = 0; i < items.Length; i++)
        {
            var slot = SlotFor(items[i]);
            codes.Slice(i * _width, _width).CopyTo(_codes.AsSpan(slot * _width));
            _scales[slot] = scales[i];
        }

        return true;
    }

    private static bool AreScales(ReadOnlySpan<float> scales) => !scales.ContainsAnyExceptInRange(0, FiniteWeights.GreatestScale);

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

        if (slice.Width != _width) return $"the slice's rows have {slice.Width} elements, expected {_width}; fetch the bundle again";
        if (!AreScales(slice.Scales)) return $"a scale of the slice is not within 0 to {FiniteWeights.GreatestScale}; ask for another list";
        if (slice.Items.Length > Capacity)
            return $"the slice holds {slice.Items.Length} rows, expected at most the {Capacity} that fit; ask for a shorter list";
        var beyond = slice.Items.IndexOfAnyExceptInRange(1, _items);
        return beyond < 0 ? null : $"item {slice.Items[beyond]} at place {beyond} of the slice is outside 1..{_items}";
    }
}
