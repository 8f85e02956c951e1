using Tandem.Data;

namespace Tandem.Learning.Text;

/// <summary>
/// Items by their categories: each label is one term, weighted by how rare it is, and the weights are reduced to directions in which
/// items differ most.
/// </summary>
public static class CategoryVectors
{
    /// <summary>A vector for each item that has a category.</summary>
    /// <param name="catalog">Its items' labels are told apart by their letters, case included.</param>
    /// <param name="width">Most dimensions; there are fewer where the labels do not span as many.</param>
    /// <returns>Of length 1 each.</returns>
    /// <exception cref="TextException">No item has a category.</exception>
    public static ItemVectors Of(Catalog catalog, int width)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var labels = Enumerable.Range(1, catalog.Count)
            .Select(item => catalog[item].Categories.Where(label => !string.IsNullOrWhiteSpace(label)).Distinct().ToArray()).ToArray();
        var space = TermSpace.Of([.. labels.Where(own => own.Length > 0)], width) ?? throw new TextException(
            $"none of the {catalog.Count} items has a category; expected items with categories: prepare the data set from a source "
            + "that has them");
        var values = new float[(catalog.Count + 1) * space.Width];
        var has = new bool[catalog.Count + 1];
        Parallel.For(1, has.Length, item =>
        {
            var vector = values.AsSpan(item * space.Width, space.Width);
            space.Place(labels[item - 1], vector);
            has[item] = vector.ContainsAnyExcept(0f);
        });
        return new("categories", catalog.Count, space.Width, values, has);
    }
}
