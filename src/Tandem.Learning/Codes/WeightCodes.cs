using System.Numerics.Tensors;
using Tandem.Learning.Clustering;

namespace Tandem.Learning.Codes;

/// <summary>
/// A user's generated numbers as M bytes: residual quantisation of the numbers that many histories gave, so that the sum of M rows, one of
/// each level's table, stands for them. Learned after the training, from the numbers as they are: in that they are distilled.
/// </summary>
public sealed class WeightCodes
{
    private const int Rounds = 20;

    private readonly ResidualQuantizer _levels;

    private WeightCodes(ResidualQuantizer levels) => _levels = levels;

    /// <summary>Tables that were learned before.</summary>
    /// <param name="tables">[M][K × S] row-major, coarsest first.</param>
    /// <param name="width">S.</param>
    public static WeightCodes Of(IReadOnlyList<float[]> tables, int width) =>
        new(new ResidualQuantizer([.. tables.Select(table => new Codebook(table, width))]));

    /// <summary>M.</summary>
    public int Levels => _levels.Books.Count;

    /// <summary>K.</summary>
    public int Size => _levels.Books[0].Size;

    /// <summary>S.</summary>
    public int Width => _levels.Books[0].Width;

    /// <summary>Learns tables.</summary>
    /// <param name="numbers">[N, S] row-major, of N histories.</param>
    /// <param name="width">S.</param>
    /// <param name="levels">M.</param>
    /// <param name="size">K, at most 256.</param>
    /// <param name="seed">Of the starts.</param>
    public static WeightCodes Learn(float[] numbers, int width, int levels, int size, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 256);
        return new(ResidualQuantizer.Learn(numbers, width, levels, size, Rounds, seed));
    }

    /// <summary>[K, S] row-major, the rows of a level.</summary>
    /// <param name="level">From 0.</param>
    public ReadOnlySpan<float> Table(int level) => _levels.Books[level].Centres;

    /// <summary>[N, M] codes.</summary>
    /// <param name="numbers">[N, S] row-major.</param>
    public byte[] Code(float[] numbers) => Array.ConvertAll(_levels.Code(numbers), code => (byte)code);

    /// <summary>What codes stand for.</summary>
    /// <param name="codes">[N, M].</param>
    /// <param name="levels">How many of the levels, coarsest first; the others add nothing.</param>
    /// <returns>[N, S] row-major.</returns>
    public float[] Rebuild(ReadOnlySpan<byte> codes, int levels)
    {
        var numbers = new float[codes.Length / Levels * Width];
        for (var i = 0; i < codes.Length; i++)
        {
            if (i % Levels >= levels) continue;
            var own = numbers.AsSpan(i / Levels * Width, Width);
            TensorPrimitives.Add(own, _levels.Books[i % Levels][codes[i]], own);
        }

        return numbers;
    }
}
