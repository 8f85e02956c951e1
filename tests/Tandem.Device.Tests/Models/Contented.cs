using Tandem.Protocol.Items;

namespace Tandem.Device.Tests.Models;

/// <summary>Models that what items are like joins, each beside its twin without.</summary>
internal static class Contented
{
    private const int Items = 40;

    /// <summary>Every fifth item has no vector.</summary>
    public static JoinedContent Text { get; } = new(Rows(6, 1), new()
    {
        Name = "text",
        Width = 6,
        Recent = 4,
        RecencyDecay = 0.6,
        Weight = 2.5,
    });

    public static JoinedContent Category { get; } = new(Rows(3, 2), new()
    {
        Name = "category",
        Width = 3,
        Recent = 9,
        RecencyDecay = 1,
        Weight = 0.7,
    });

    public static DeviceModel Load(TinyBundle bundle, params JoinedContent[] contents)
    {
        bundle.Contents = [.. contents.Select(content => content.Join)];
        bundle.Counts = writer =>
        {
            foreach (var content in contents) content.Rows.Write(writer, content.Join.Name);
        };
        return Counted.Opened(bundle);
    }

    /// <summary>[V] what a content adds after a history, by the definition and in double precision.</summary>
    public static double[] Bonus(JoinedContent content, params ReadOnlySpan<int> history)
    {
        var d = content.Join.Width;
        var (sum, row) = (new double[d], new float[d]);
        for (var k = 0; k < Math.Min(content.Join.Recent, history.Length); k++)
        {
            content.Rows.Read(history[^(k + 1)], row);
            for (var i = 0; i < d; i++) sum[i] += Math.Pow(content.Join.RecencyDecay, k) * row[i];
        }

        var length = Math.Sqrt(sum.Sum(x => x * x));
        return [.. Enumerable.Range(1, Items).Select(item =>
        {
            content.Rows.Read(item, row);
            return length > 0 ? content.Join.Weight * sum.Zip(row).Sum(pair => pair.First * pair.Second) / length : 0;
        })];
    }

    private static ContentRows Rows(int width, int seed)
    {
        var random = new Random(seed);
        var table = Enumerable.Range(0, (Items + 1) * width)
            .Select(i => i / width % 5 == 0 ? 0 : random.NextSingle() - 0.5f).ToArray();
        return ContentRows.FromTable(table, width);
    }
}
