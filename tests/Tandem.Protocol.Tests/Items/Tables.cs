using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;
using Tandem.Protocol.Tests.Safetensors;

namespace Tandem.Protocol.Tests.Items;

/// <summary>Tables of successors from rows that are written out.</summary>
internal static class Tables
{
    public static SuccessorJoin Join { get; } = new() { Recent = 20, RecencyDecay = 0.5, Shares = false, Weight = 2, Offset = 1 };

    /// <param name="rows">Of items 1 … V: successors, rising, with their counts.</param>
    public static SuccessorTable Of(params (int Item, float Count)[][] rows)
    {
        var ends = new int[rows.Length + 1];
        for (var item = 1; item <= rows.Length; item++) ends[item] = ends[item - 1] + rows[item - 1].Length;
        return SuccessorTable.FromCounts(
            ends, [.. rows.SelectMany(row => row.Select(pair => pair.Item))], [.. rows.SelectMany(row => row.Select(pair => pair.Count))]);
    }

    /// <summary>Random rows of distinct items, counts of 1 to 100.</summary>
    public static SuccessorTable Random(int items, int longestRow, int seed, Func<Random, int>? draw = null)
    {
        var random = new Random(seed);
        draw ??= r => r.Next(1, items + 1);
        return Of([.. Enumerable.Range(1, items).Select(_ => Enumerable.Range(0, random.Next(longestRow + 1))
            .Select(_ => draw(random)).Distinct().Order().Select(item => (item, 1 + 99 * random.NextSingle())).ToArray())]);
    }

    /// <summary>c(item, successor).</summary>
    public static float Count(this SuccessorTable table, int item, int successor) => new SuccessorSum(table, 1, 1).Part(item, 0, successor);

    public static byte[] ToBytes(this SuccessorTable table)
    {
        var writer = new SafetensorsWriter();
        table.Write(writer);
        return writer.ToArray();
    }

    public static SuccessorTable Read(byte[] bytes, int items) => SuccessorTable.Read(RawFile.Parse(bytes), items);
}
