using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Data;

/// <summary>
/// Random generators by name. Every random choice of an experiment draws from its own generator, derived from the
/// experiment's seed, the name of the choice and, where there are many, their indices: adding a draw in one place
/// changes no draw in another.
/// </summary>
public static class NamedSeed
{
    /// <summary>A generator that depends on all arguments and on nothing else; the same on every machine.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="name">What is drawn, such as <c>item numbers</c>.</param>
    /// <param name="indices">Which of many, such as the epoch.</param>
    public static Random Create(int seed, string name, params ReadOnlySpan<int> indices) =>
        new((int)(Derive(seed, name, indices) & int.MaxValue));

    /// <summary>A seed of 63 bits (never negative) for generators that take one, such as torch's.</summary>
    /// <inheritdoc cref="Create" path="/param"/>
    public static long Derive(int seed, string name, params ReadOnlySpan<int> indices)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{seed}/{name}");
        foreach (var index in indices)
            text.Append(CultureInfo.InvariantCulture, $"/{index}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return BinaryPrimitives.ReadInt64LittleEndian(hash) & long.MaxValue;
    }
}
