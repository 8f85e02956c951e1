namespace Tandem.Device.Learning;

/// <summary>
/// Uniform random items, the same for the same seed and number of events on every machine: SplitMix64
/// (https://prng.di.unimi.it/splitmix64.c).
/// </summary>
/// <param name="items">V of a whole table, or the number of rows held.</param>
/// <param name="held">[items] ids of the rows held, rising; null for a whole table.</param>
/// <param name="seed">Of the options.</param>
/// <param name="events">Events so far.</param>
internal struct Negatives(int items, int[]? held, int seed, long events)
{
    private ulong _state = (ulong)seed << 32 ^ (ulong)events;

    /// <summary>An item other than <paramref name="item"/>, which is one of 2 or more that can be drawn.</summary>
    public int Next(int item)
    {
        var place = held is null ? item : Array.BinarySearch(held, item) + 1;
        var drawn = 1 + (int)Math.BigMul(NextBits(), (ulong)(items - 1), out _);
        if (drawn >= place) drawn++;
        return held is null ? drawn : held[drawn - 1];
    }

    /// <summary>One of several items.</summary>
    public int NextOf(ReadOnlySpan<int> items) => items[(int)Math.BigMul(NextBits(), (ulong)items.Length, out _)];

    private ulong NextBits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
