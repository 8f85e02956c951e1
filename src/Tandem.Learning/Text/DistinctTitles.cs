using Tandem.Data;

namespace Tandem.Learning.Text;

/// <summary>The titles of a catalogue, each once and trimmed. An item without a title, or with an empty one, has none.</summary>
internal sealed class DistinctTitles
{
    private readonly int[] _places; // [V + 1]; −1 without a title

    /// <exception cref="TextException">No item has a title.</exception>
    public DistinctTitles(Catalog catalog)
    {
        var titles = new string?[catalog.Count + 1];
        for (var item = 1; item <= catalog.Count; item++)
            if (catalog[item].Title?.Trim() is { Length: > 0 } title) titles[item] = title;
        Texts = [.. titles.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (Texts.Count == 0)
        {
            throw new TextException(
                $"none of the {catalog.Count} items has a title; expected items with text: prepare the data set from a source with "
                + "titles, such as items.tsv with a column of them");
        }

        var places = Texts.Index().ToDictionary(text => text.Item, text => text.Index, StringComparer.Ordinal);
        _places = Array.ConvertAll(titles, title => title is null ? -1 : places[title]);
        WithText = _places.Count(place => place >= 0);
    }

    /// <summary>Each title once, in ordinal order: the numbering of the items plays no part.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Items that have a title.</summary>
    public int WithText { get; }

    /// <summary>The place of an item's title in <see cref="Texts"/>, −1 where it has none.</summary>
    public int this[int item] => _places[item];

    /// <summary>A vector for each item.</summary>
    /// <param name="source">Name of the encoder.</param>
    /// <param name="vectors">[D] each, in the order of <see cref="Texts"/>; one of zeros stands for no vector.</param>
    public ItemVectors Spread(string source, IReadOnlyList<float[]> vectors)
    {
        var width = vectors[0].Length;
        var values = new float[_places.LongLength * width];
        var has = new bool[_places.Length];
        for (var item = 1; item < has.Length; item++)
        {
            if (_places[item] < 0) continue;
            var vector = vectors[_places[item]];
            vector.CopyTo(values.AsSpan(item * width, width));
            has[item] = vector.AsSpan().ContainsAnyExcept(0f);
        }

        return new(source, has.Length - 1, width, values, has);
    }
}
