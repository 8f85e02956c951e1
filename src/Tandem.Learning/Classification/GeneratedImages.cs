using Tandem.Data;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// Images to try a classifier of images on where no others are: one shape on a ground, of any two colours, at any place and size, with
/// bars across or along it and noise over all. The label is shape and direction of the bars, so that neither colour nor place tells it.
/// </summary>
public static class GeneratedImages
{
    private const int Side = ImageCnn.Side, Pixels = Side * Side;
    private const int LeastRadius = 7, MostRadius = 13;
    private const int LeastPeriod = 3, MostPeriod = 5;  // of the bars, in pixels
    private const int LeastContrast = 60;               // of the two colours, summed over red, green and blue

    private static readonly string[] _shapes = ["disc", "square", "diamond", "ring", "cross"];

    /// <summary>Draws images, of each label alike.</summary>
    /// <param name="count">N.</param>
    /// <param name="seed">By which all is drawn.</param>
    /// <param name="noise">Deviation of what is added to each colour of 0 … 255. Default 25.</param>
    public static LabelledExamples Draw(int count, int seed, double noise = 25)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        string[] names = [.. _shapes.SelectMany(shape => new[] { $"{shape}, bars across", $"{shape}, bars along" })];
        var (pixels, labels) = (new byte[count * ImageCnn.Colours * Pixels], new int[count]);
        Parallel.For(0, count, i =>
        {
            labels[i] = i % names.Length;
            Paint(
                pixels.AsSpan(i * ImageCnn.Colours * Pixels, ImageCnn.Colours * Pixels), labels[i] / 2, labels[i] % 2 == 0,
                NamedSeed.Create(seed, "image", i), noise);
        });
        return new(tensor(pixels, [count, ImageCnn.Colours, Side, Side]), labels, names);
    }

    private static void Paint(Span<byte> image, int shape, bool across, Random random, double noise)
    {
        var radius = random.Next(LeastRadius, MostRadius + 1);
        var (x0, y0) = (random.Next(radius, Side - radius), random.Next(radius, Side - radius));
        var (period, phase) = (random.Next(LeastPeriod, MostPeriod + 1), random.Next(MostPeriod));
        var (ground, colour) = Colours(random);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var bar = ((across ? y : x) + phase) / period % 2 == 0;
                var drawn = bar && IsIn(shape, x - x0, y - y0, radius) ? colour : ground;
                for (var c = 0; c < drawn.Length; c++)
                    image[c * Pixels + y * Side + x] = (byte)Math.Clamp(drawn[c] + noise * random.NextNormal(), 0, byte.MaxValue);
            }
        }
    }

    private static bool IsIn(int shape, int x, int y, int radius) => shape switch
    {
        0 => x * x + y * y <= radius * radius,
        1 => Math.Max(Math.Abs(x), Math.Abs(y)) <= radius * 3 / 4,
        2 => Math.Abs(x) + Math.Abs(y) <= radius,
        3 => x * x + y * y <= radius * radius && 4 * (x * x + y * y) > radius * radius,
        _ => Math.Min(Math.Abs(x), Math.Abs(y)) <= radius / 4 && Math.Max(Math.Abs(x), Math.Abs(y)) <= radius,
    };

    private static (int[] Ground, int[] Colour) Colours(Random random)
    {
        while (true)
        {
            var (ground, colour) = (Colour(), Colour());
            if (ground.Zip(colour, (a, b) => Math.Abs(a - b)).Sum() >= LeastContrast * ImageCnn.Colours) return (ground, colour);
        }

        int[] Colour() => [random.Next(256), random.Next(256), random.Next(256)];
    }
}
