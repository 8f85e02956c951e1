using Tandem.Data;

namespace Tandem.Learning.Classification;

/// <summary>
/// One label for each item that has one. Sources give an item several categories, from wide to narrow and in no order; its label is the
/// narrowest that is no rarity: of its categories that enough items hold (<see cref="CategoryLabelOptions.LeastShare"/>) the one that
/// fewest hold, the first by name among equals. Of all labels the most frequent are kept, and items of others have none.
/// </summary>
public sealed class CategoryLabels
{
    private const int None = -1;

    private readonly int[] _labels; // [V + 1]

    private CategoryLabels(string[] names, int[] labels) => (Names, _labels) = (names, labels);

    /// <summary>Of the labels, the most frequent first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of an item's label among <see cref="Names"/>; −1 where it has none.</summary>
    /// <param name="item">1 … V.</param>
    public int this[int item] => _labels[item];

    /// <summary>Labels a catalogue.</summary>
    /// <param name="catalog">Items with categories.</param>
    /// <param name="options">Least share and number of labels; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    /// <exception cref="ClassificationException">There are not two labels.</exception>
    public static CategoryLabels Of(Catalog catalog, CategoryLabelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        options ??= new();
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        var categories = Enumerable.Range(1, catalog.Count)
            .Select(item => catalog[item].Categories.Where(name => !string.IsNullOrWhiteSpace(name)).Distinct().ToArray()).ToArray();
        var holders = categories.SelectMany(own => own).GroupBy(name => name).ToDictionary(g => g.Key, g => g.Count());
        var least = options.LeastShare * categories.Count(own => own.Length > 0);
        string?[] narrowest = [.. categories.Select(own => own.Where(name => holders[name] >= least)
            .OrderBy(name => holders[name]).ThenBy(name => name, StringComparer.Ordinal).FirstOrDefault())];
        string[] names = [.. narrowest.OfType<string>().GroupBy(name => name).OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal).Take(options.Most).Select(g => g.Key)];
        if (names.Length < 2)
        {
            throw new ClassificationException(
                $"the {catalog.Count} items have {names.Length} labels; expected two at least: prepare the data set from a source whose "
                    + "items have categories");
        }

        return new(names, [None, .. narrowest.Select(name => name is null ? None : Array.IndexOf(names, name))]);
    }
}
