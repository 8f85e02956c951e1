using CsCheck;
using Tandem.Device.Items;
using Tandem.Protocol.Items;
using Tandem.Tests;

namespace Tandem.Device.Tests.Items;

public class ItemCacheTests
{
    private const int Capacity = 6;

    // 0: add the items, 1: look each of them up.
    private static readonly Gen<(int Kind, int[] Items)[]> _steps =
        Gen.Select(
            Gen.Int[0, 1],
            Gen.Int[1, 12].Array[0, Capacity].Select(items => items.Distinct().ToArray()))
        .Array[0, 30];

    [Fact]
    public void The_cache_holds_what_a_list_in_the_order_of_use_would_hold() =>
        _steps.Sample(
            steps =>
            {
                var (cache, oracle, model) = (Create(), new List<int>(), "model-a");
                foreach (var (kind, items) in steps)
                {
                    if (kind == 0)
                    {
                        Assert.True(cache.TryAdd(Slices.Of(model, items), out var fault), fault);
                        foreach (var item in items) Use(oracle, item);
                    }
                    else
                    {
                        foreach (var item in items)
                        {
                            Assert.Equal(oracle.Contains(item), Holds(cache, item, model));
                            if (oracle.Contains(item)) Use(oracle, item);
                        }
                    }

                    Assert.Equal(oracle.Count, cache.Count);
                }

                for (var item = 1; item <= 12; item++) Assert.Equal(oracle.Contains(item), Holds(cache, item, model));
            },
            iter: 5_000);

    [Fact]
    public void The_row_unused_for_longest_makes_room()
    {
        var cache = Create();
        Assert.True(cache.TryAdd(Slices.Of("model-a", 1, 2, 3, 4, 5, 6), out _));
        Assert.True(cache.TryGetSlot(1, out _));
        Assert.True(cache.TryAdd(Slices.Of("model-a", 7), out _));
        Assert.True(cache.TryGetSlot(1, out _));
        Assert.False(cache.TryGetSlot(2, out _));
        Assert.Equal(Capacity, cache.Count);
    }

    [Fact]
    public void A_slice_as_long_as_the_cache_is_held_whole_whatever_was_there()
    {
        var cache = Create();
        Assert.True(cache.TryAdd(Slices.Of("model-a", 1, 2, 3, 4, 5, 6), out _));
        Assert.True(cache.TryAdd(Slices.Of("model-a", 9, 10, 11, 12, 1, 2), out _));
        foreach (var item in new[] { 9, 10, 11, 12, 1, 2 }) Assert.True(Holds(cache, item, "model-a"));
    }

    [Fact]
    public void A_slice_of_another_version_or_size_is_refused_and_the_rows_stay()
    {
        AssertRefused(ItemSlice.FromTable("catalogue-b", "model-a", [1], new float[6], Slices.Width), "catalogue catalogue-b");
        AssertRefused(Slices.Of("model-b", 1, 2), "rows of model model-b, this device runs model-a");
        AssertRefused(ItemSlice.FromTable(Slices.Catalog, "model-a", [1], new float[8], width: 4), "4 elements, expected 3");
        AssertRefused(Slices.Of("model-a", 1, 2, 3, 4, 5, 6, 7), "holds 7 rows, expected at most the 6");
        AssertRefused(
            ItemSlice.FromTable(Slices.Catalog, "model-a", [1, Slices.Items + 1], new float[3 * (Slices.Items + 2)], Slices.Width),
            "item 31 at place 1 of the slice is outside 1..30");
    }

    [Fact]
    public void Adding_looking_up_and_making_room_allocate_nothing()
    {
        var cache = Create();
        ItemSlice[] slices = [.. Enumerable.Range(1, 24).Select(first => Slices.Of("model-a", first, first + 1, first + 3, first + 5))];
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 20; i++) Run(cache, slices);
        });
        Assert.Equal(Capacity, cache.Count);
    }

    private static void Run(ItemCache cache, ItemSlice[] slices)
    {
        foreach (var slice in slices)
        {
            cache.TryAdd(slice, out _);
            for (var item = 1; item <= Slices.Items; item++) cache.TryGetSlot(item, out _);
        }
    }

    private static void AssertRefused(ItemSlice slice, string named)
    {
        var cache = Create();
        Assert.True(cache.TryAdd(Slices.Of("model-a", 1, 2, 3), out _));
        Assert.False(cache.TryAdd(slice, out var fault));
        Assert.Contains(named, fault, StringComparison.Ordinal);
        Assert.Equal(3, cache.Count);
        for (var item = 1; item <= 3; item++) Assert.True(Holds(cache, item, "model-a"));
    }

    private static ItemCache Create() => new(Capacity, Slices.Width, Slices.Items, Slices.Catalog, "model-a", []);

    /// <summary>Whether the cache holds an item; asserts that what it holds is the item's own row of the model.</summary>
    private static bool Holds(ItemCache cache, int item, string model)
    {
        if (!cache.TryGetSlot(item, out var slot)) return false;
        var row = new float[Slices.Width];
        cache.Rows.Read(slot, row);
        Assert.Equal(Slices.CodesOf(model, item).Select(code => (float)code), row); // their scale is 1
        return true;
    }

    private static void Use(List<int> oracle, int item)
    {
        oracle.Remove(item);
        oracle.Add(item);
        if (oracle.Count > Capacity) oracle.RemoveAt(0);
    }
}
