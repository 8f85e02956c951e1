namespace Tandem.Device.Learning;

/// <summary>
/// Uniform random items, the same for the same seed and number of events on every machine: SplitMix64
/// (https://prng.di.unimi.it/splitmix64.c).
/// </summary>
/// <param name="items">V of a whole table.</param>
/// <param name="seed">Of the options.</param>
/// <param name="events">Events so far.</param>
internal struct Negatives(int items, int seed, long events)
{
    private ulong _state = (ulong)seed << 32 ^ (ulong)events;

    /// <summary>An item of 1 … V other than <paramref name="item"/>; V is 2 or more.</summary>
    public int Next(int item)
    {
        var drawn = 1 + (int)Math.BigMul(NextBits(), (ulong)(items - 1), out _);
        return drawn < item ? drawn : drawn + 1;
    }

    private ulong NextBits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
