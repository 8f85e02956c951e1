using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Data;

namespace Tandem.Learning.Text;

/// <summary>
/// A vector for each item of a catalogue that has one: of its title, its categories, its place in a trained model. Items without a vector
/// have zeros, which are near to nothing.
/// </summary>
public sealed class ItemVectors
{
    private readonly float[] _values;   // [V + 1, D]; row 0 is padding
    private readonly bool[] _has;       // [V + 1]

    /// <param name="source">Where the vectors come from, such as the name of an encoder.</param>
    /// <param name="items">V.</param>
    /// <param name="width">D.</param>
    /// <param name="values">[V + 1, D] row-major, finite; the rows of items without a vector are zeros, as is row 0.</param>
    /// <param name="has">[V + 1]: whether an item has a vector; false for 0.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together, or a value is not as stated.</exception>
    public ItemVectors(string source, int items, int width, float[] values, bool[] has)
    {
        if (items < 1 || width < 1 || values.LongLength != (items + 1L) * width || has.Length != items + 1)
        {
            throw new ArgumentException($"{values.Length} values and {has.Length} flags for {items} items of {width} dimensions; expected "
                + "(items + 1) × dimensions and items + 1", nameof(values));
        }

        (Source, Items, Width, _values, _has) = (source, items, width, values, has);
        for (var item = 0; item <= items; item++)
        {
            if (this[item].ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
                throw new ArgumentException($"the vector of item {item} is not finite", nameof(values));
            if ((item == 0 || !has[item]) && this[item].ContainsAnyExcept(0f))
                throw new ArgumentException($"item {item} has no vector and a row that is not zero", nameof(values));
        }

        Known = has.Count(true);
    }

    /// <summary>Where the vectors come from.</summary>
    public string Source { get; }

    /// <summary>V.</summary>
    public int Items { get; }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>Items that have a vector.</summary>
    public int Known { get; }

    /// <summary>Of all values: the first 16 hexadecimal digits of their SHA-256.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(_values.AsSpan())))[..16];

    /// <summary>[V + 1, D] row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>[D] of an item; zeros where it has none.</summary>
    /// <param name="item">0 … V.</param>
    public ReadOnlySpan<float> this[int item] => _values.AsSpan(item * Width, Width);

    /// <summary>Whether an item has a vector.</summary>
    /// <param name="item">0 … V.</param>
    public bool Has(int item) => _has[item];

    /// <summary>The vectors of these items, each given to another item that has one: the control of every use of them.</summary>
    /// <param name="seed">By which they are drawn.</param>
    public ItemVectors Shuffled(int seed)
    {
        var known = Enumerable.Range(1, Items).Where(Has).ToArray();
        var from = known.ToArray();
        NamedSeed.Create(seed, "shuffled vectors").Shuffle(from);
        var values = new float[_values.Length];
        for (var i = 0; i < known.Length; i++) this[from[i]].CopyTo(values.AsSpan(known[i] * Width));
        return new(Source, Items, Width, values, _has);
    }

    /// <summary>
    /// What an item table of a model starts from: the principal components, scaled to one root mean square over all elements. Items without
    /// a vector have none here either.
    /// </summary>
    /// <param name="width">Of the table; fewer where the vectors have fewer dimensions.</param>
    /// <param name="deviation">The root mean square.</param>
    public ItemVectors Start(int width, double deviation)
    {
        var reduced = PrincipalComponents.Of(this, Math.Min(width, Width)).Apply(this);
        double squares = 0;
        foreach (var value in reduced._values) squares += (double)value * value;
        var factor = (float)(deviation / Math.Sqrt(Math.Max(squares, 1e-30) / ((double)Known * reduced.Width)));
        return reduced.Map(reduced.Width, (x, to) =>
        {
            for (var d = 0; d < to.Length; d++) to[d] = x[d] * factor;
        });
    }

    /// <summary>The same items with other vectors.</summary>
    /// <param name="width">Their dimensions.</param>
    /// <param name="map">Fills the new vector [width] from the old one; asked for items that have one.</param>
    public ItemVectors Map(int width, Action<ReadOnlySpan<float>, Span<float>> map)
    {
        var values = new float[(Items + 1) * width];
        Parallel.For(1, Items + 1, item =>
        {
            if (_has[item]) map(_values.AsSpan(item * Width, Width), values.AsSpan(item * width, width));
        });
        return new(Source, Items, width, values, _has);
    }
}
