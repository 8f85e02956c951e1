using Tandem.Data;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Tests.Codes;

/// <summary>Titles' vectors drawn at random, and what they add to a score, summed by hand.</summary>
internal static class DrawnTitles
{
    private const int Width = 5;

    public static JoinedContent Draw(int items, double weight)
    {
        var random = NamedSeed.Create(9, "titles");
        var rows = ContentRows.FromTable([.. Enumerable.Range(0, (items + 1) * Width).Select(_ => random.NextSingle() - 0.5f)], Width);
        return new(rows, new() { Name = "text", Width = Width, Recent = 3, RecencyDecay = 0.5, Weight = weight });
    }

    /// <summary>Items of a cycle on a circle: neighbours in the cycle are neighbours there.</summary>
    public static ContentRows Circle(int items)
    {
        var table = new float[(items + 1) * 2];
        for (var item = 1; item <= items; item++)
            (table[2 * item], table[2 * item + 1]) = MathF.SinCos(2 * MathF.PI * item / items);
        return ContentRows.FromTable(table, 2);
    }

    /// <summary>
    /// β cos(e, m), m being the sum of the last three items' vectors, each older one half as much, and the item itself none.
    /// </summary>
    public static double Term(JoinedContent content, ReadOnlySpan<int> history, int item)
    {
        var (mean, own) = (new double[Width], Row(content, item));
        for (var age = 0; age < Math.Min(3, history.Length); age++)
        {
            if (history[^(age + 1)] == item) continue;
            var row = Row(content, history[^(age + 1)]);
            for (var d = 0; d < Width; d++) mean[d] += Math.Pow(0.5, age) * row[d];
        }

        var length = Math.Sqrt(mean.Sum(value => value * value));
        return length > 0 ? content.Join.Weight * Enumerable.Range(0, Width).Sum(d => mean[d] * own[d]) / length : 0;
    }

    private static float[] Row(JoinedContent content, int item)
    {
        var row = new float[Width];
        content.Rows.Read(item, row);
        return row;
    }
}
