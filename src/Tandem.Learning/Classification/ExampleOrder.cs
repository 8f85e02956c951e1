using Tandem.Data;

namespace Tandem.Learning.Classification;

/// <summary>Examples in a random order without an end: all of them once, in another order once more, and so on.</summary>
/// <param name="places">Of which examples, one at least.</param>
/// <param name="name">Of what is drawn.</param>
/// <param name="seed">By which it is drawn.</param>
internal sealed class ExampleOrder(IReadOnlyList<long> places, string name, int seed)
{
    private (int Round, long[] Order) _drawn = (-1, []);

    /// <summary>Some of them.</summary>
    /// <param name="start">How many come before.</param>
    /// <param name="count">How many.</param>
    public long[] Take(long start, int count)
    {
        var taken = new long[count];
        for (var i = 0; i < count; i++)
            taken[i] = Round((int)((start + i) / places.Count))[(int)((start + i) % places.Count)];
        return taken;
    }

    private long[] Round(int round)
    {
        if (_drawn.Round == round) return _drawn.Order;
        var order = places.ToArray();
        NamedSeed.Create(seed, name, round).Shuffle(order);
        _drawn = (round, order);
        return order;
    }
}
