using Tandem.Data;
using Tandem.Learning.Text;

namespace Tandem.Learning.Tests.Codes;

/// <summary>Vectors in clusters of clusters, unequal along their dimensions.</summary>
internal static class Planted
{
    public const int Width = 12;

    public static ItemVectors Vectors(int items, int seed = 1, int without = 0)
    {
        var random = NamedSeed.Create(seed, "planted vectors");
        var centres = Enumerable.Range(0, 6).Select(_ => Draw(random, 3)).ToArray();
        var finer = Enumerable.Range(0, 24).Select(_ => Draw(random, 1)).ToArray();
        var (values, has) = (new float[(items + 1) * Width], new bool[items + 1]);
        for (var item = 1; item <= items; item++)
        {
            has[item] = item > without;
            var noise = Draw(random, 0.3f);
            var (coarse, fine) = (centres[random.Next(centres.Length)], finer[random.Next(finer.Length)]);
            for (var d = 0; has[item] && d < Width; d++) values[item * Width + d] = (coarse[d] + fine[d] + noise[d]) * (1 + d % 4);
        }

        return new("planted", items, Width, values, has);
    }

    /// <summary>Every item is of one event, those beyond a number of none.</summary>
    public static TrainingSequences Sequences(int items, int seen) =>
        TrainingSequences.Of(items, [.. Enumerable.Range(1, seen).Select(item => new[] { item })]);

    private static float[] Draw(Random random, float scale) =>
        [.. Enumerable.Range(0, Width).Select(_ => scale * (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
}
