using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tandem.Learning.Layers;

/// <summary>
/// Uniform random bits for dropout masks: eight lanes of xorshift128+ (Vigna 2017) in one 512-bit vector.
/// </summary>
/// <remarks>
/// libtorch's CPU dropout draws from a serial Mersenne twister and costs about 12 ns an element, more than the layer it guards.
/// This costs below 0.2 ns, and since the state belongs to the run and is re-seeded at each epoch, a resumed training repeats
/// the same masks.
/// </remarks>
public sealed class Noise
{
    private Vector512<ulong> _s0;
    private Vector512<ulong> _s1;

    /// <param name="seed">Any value; the lanes are filled from it by SplitMix64.</param>
    public Noise(long seed) => Reseed(seed);

    /// <summary>Where the stream is, to come back to.</summary>
    internal Position State
    {
        get => new(_s0, _s1);
        set => (_s0, _s1) = (value.First, value.Second);
    }

    /// <summary>Starts the stream named by <paramref name="seed"/> anew.</summary>
    public void Reseed(long seed)
    {
        var state = (ulong)seed;
        Span<ulong> words = stackalloc ulong[16];
        foreach (ref var word in words) word = SplitMix(ref state);
        _s0 = Vector512.Create<ulong>(words[..8]);
        _s1 = Vector512.Create<ulong>(words[8..]);
    }

    /// <summary>Fills a mask: 0 with probability <paramref name="drop"/>, else 1 / (1 − drop), so that the mean stays 1.</summary>
    /// <param name="mask">Destination, any length.</param>
    /// <param name="drop">In [0, 1).</param>
    public void FillMask(Span<float> mask, double drop)
    {
        var threshold = Vector512.Create((uint)(drop * uint.MaxValue));
        var keep = Vector512.Create((float)(1 / (1 - drop)));
        ref var first = ref MemoryMarshal.GetReference(mask);
        var whole = mask.Length - mask.Length % 16;
        for (nuint i = 0; i < (nuint)whole; i += 16)
        {
            Draw(threshold, keep).StoreUnsafe(ref first, i);
        }

        if (whole == mask.Length) return;
        Span<float> tail = stackalloc float[16];
        Draw(threshold, keep).CopyTo(tail);
        tail[..(mask.Length - whole)].CopyTo(mask[whole..]);
    }

    private Vector512<float> Draw(Vector512<uint> threshold, Vector512<float> keep) =>
        Vector512.BitwiseAnd(Vector512.GreaterThanOrEqual(Next().AsUInt32(), threshold).AsSingle(), keep);

    private Vector512<ulong> Next()
    {
        var x = _s0;
        var y = _s1;
        var result = x + y;
        x ^= x << 23;
        _s0 = y;
        _s1 = x ^ y ^ (x >>> 18) ^ (y >>> 5);
        return result;
    }

    /// <summary>A place in a stream.</summary>
    internal sealed record Position(Vector512<ulong> First, Vector512<ulong> Second);

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
