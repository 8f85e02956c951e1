using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Items;

/// <summary>
/// The items with the most events in training, for a device that knows nothing of its user yet. Checked when it is made, and never changes.
/// </summary>
/// <remarks>
/// As tensors: <c>popular.items</c> [N] I32, the most popular first; <c>popular.shares</c> [N] F32. Eight bytes an item.
/// </remarks>
public sealed class PopularItems
{
    /// <summary>N: most items that are kept. Enough to be filtered by an app's own rules, at 32 KB.</summary>
    public const int MostItems = 4_096;

    private const string ItemsName = "popular.items";
    private const string SharesName = "popular.shares";

    private readonly int[] _items;      // [N]
    private readonly float[] _shares;   // [N]

    private PopularItems(int[] items, float[] shares) => (_items, _shares) = (items, shares);

    /// <summary>[N] distinct item ids, 1 … V, the most popular first; of equal ones the smaller id.</summary>
    public ReadOnlySpan<int> Items => _items;

    /// <summary>[N] the share of all events that were with the item, above 0, at most 1, never rising.</summary>
    public ReadOnlySpan<float> Shares => _shares;

    /// <summary>Picks the most popular.</summary>
    /// <param name="counts">[V + 1] events with each item, 0 or more; place 0 is padding and not read.</param>
    /// <exception cref="ArgumentException">A count is negative.</exception>
    public static PopularItems FromCounts(ReadOnlySpan<long> counts)
    {
        var of = counts.ToArray();
        if (of.Any(count => count < 0)) throw new ArgumentException("a count is negative, expected 0 or more events", nameof(counts));
        double total = of.Skip(1).Sum();
        var items = Enumerable.Range(1, Math.Max(0, of.Length - 1)).Where(item => of[item] > 0)
            .OrderByDescending(item => of[item]).ThenBy(item => item).Take(MostItems).ToArray();
        return new(items, Array.ConvertAll(items, item => (float)(of[item] / total)));
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null where the file holds none.</summary>
    /// <param name="file">Not trusted.</param>
    /// <param name="items">V.</param>
    /// <exception cref="SafetensorsException">A tensor is missing, has another shape or type, or a value out of its range.</exception>
    public static PopularItems? Read(SafetensorsFile file, int items)
    {
        if (!file.Tensors.TryGetValue(ItemsName, out var stored)) return null;
        if (stored.Length > MostItems) throw Refused($"{stored.Length} items, expected at most {MostItems}");
        var ids = file.Get(ItemsName, stored.Length).As<int>().ToArray();
        var shares = file.Get(SharesName, stored.Length).As<float>().ToArray();
        var seen = new HashSet<int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 1 || ids[i] > items || !seen.Add(ids[i]))
                throw Refused($"item {ids[i]} at place {i}, expected distinct ids from 1 to {items}");
            if (!(shares[i] > 0 && shares[i] <= (i == 0 ? 1 : shares[i - 1])))
            {
                throw Refused(
                $"share {shares[i]} at place {i}, expected shares that do not rise");
            }
        }

        return new(ids, shares);
    }

    /// <summary>Adds the tensors to a file.</summary>
    public void Write(SafetensorsWriter writer)
    {
        writer.Add<int>(ItemsName, _items, _items.Length);
        writer.Add<float>(SharesName, _shares, _shares.Length);
    }

    private static SafetensorsException Refused(string what) => new($"popular items: {what}; export the model again");
}
