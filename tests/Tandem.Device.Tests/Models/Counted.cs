using Tandem.Protocol.Items;

namespace Tandem.Device.Tests.Models;

/// <summary>Models with counts of successors, each beside its twin without them.</summary>
internal static class Counted
{
    public static SuccessorJoin Join { get; } = new() { Recent = 8, RecencyDecay = 0.5, Shares = false, Weight = 3, Offset = 2 };

    /// <summary>Random rows, none of which is of the last item.</summary>
    public static SuccessorTable Table(int items = 40, int longestRow = 12, int seed = 1)
    {
        var (random, ends, followers, counts) = (new Random(seed), new int[items + 1], new List<int>(), new List<float>());
        for (var item = 1; item <= items; item++)
        {
            foreach (var follower in Enumerable.Range(0, random.Next(longestRow + 1)).Select(_ => random.Next(1, items)).Distinct().Order())
            {
                followers.Add(follower);
                counts.Add(1 + 20 * random.NextSingle());
            }

            ends[item] = followers.Count;
        }

        return SuccessorTable.FromCounts(ends, [.. followers], [.. counts]);
    }

    public static DeviceModel Load(TinyBundle bundle, SuccessorJoin? join = null, SuccessorTable? table = null)
    {
        (bundle.Join, bundle.Counts) = (join ?? Join, (table ?? Table()).Write);
        return Opened(bundle);
    }

    public static DeviceModel Opened(TinyBundle bundle) =>
        DeviceModel.TryLoad(bundle.Open(), out var model, out var fault) ? model! : throw new InvalidOperationException(fault);

    /// <summary>[V] what counts add after a history, by the definition and in double precision.</summary>
    public static double[] Bonus(DeviceModel model, params ReadOnlySpan<int> history)
    {
        var (table, join) = model.Successors!;
        var (one, sums) = (new SuccessorSum(table, 1, 1), new double[table.Items]);
        for (var k = 0; k < Math.Min(join.Recent, history.Length); k++)
        {
            for (var item = 1; item <= sums.Length; item++)
            {
                sums[item - 1] += Math.Pow(join.RecencyDecay, k) * one.Part(
                history[^(k + 1)], 0, item);
            }
        }

        var n = join.Shares ? sums.Sum() : 1;
        return [.. sums.Select(x => x > 0 ? join.Weight * Math.Log(1 + x / (join.Offset * n)) : 0)];
    }

    /// <summary>[V].</summary>
    public static float[] Scores(DeviceSession session)
    {
        var scores = new float[session.Model.Shape.Items];
        session.ScoreCatalog(scores);
        return scores;
    }
}
