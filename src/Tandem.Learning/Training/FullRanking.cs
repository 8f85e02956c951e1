using System.Runtime.InteropServices;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>Ranks each user's target among all items of the catalogue, by a trained model.</summary>
public static class FullRanking
{
    private const int TileUsers = 128; // × 12,000 items × 4 B = 6 MB of scores: they stay in the cache until they are read

    /// <summary>Pessimistic ranks (ties count against the target), one per user, in the order of the users.</summary>
    /// <param name="model">Switched to evaluation.</param>
    /// <param name="users">Whom to rank for.</param>
    /// <param name="maskSeen">True to leave out the items of the history. A target among them ranks last: it could not be recommended.</param>
    public static double[] Ranks(SequenceModel model, RankedUsers users, bool maskSeen)
    {
        using var mode = inference_mode();
        model.eval();
        var window = model.Backbone.Window;
        int Length(int i) => Math.Min(users.History(users.Users[i]).Length, window);
        var order = Enumerable.Range(0, users.Users.Length).OrderBy(Length).ToArray();
        var ranks = new double[order.Length];
        using var items = model.Items.Weight.t();                                       // [D, V + 1]
        for (var start = 0; start < order.Length; start += TileUsers)
        {
            using var scope = NewDisposeScope();
            var tile = order.AsMemory(start, Math.Min(TileUsers, order.Length - start));
            var scores = States(model, users, tile.Span).matmul(items);                 // [B, V + 1]
            Rank(scores, users, tile, maskSeen, ranks);
        }

        return ranks;
    }

    /// <summary>[B, D]: each user's state after the last event.</summary>
    private static Tensor States(SequenceModel model, RankedUsers users, ReadOnlySpan<int> tile)
    {
        var window = model.Backbone.Window;
        var steps = Math.Clamp(users.History(users.Users[tile[^1]]).Length, 1, window);
        var (ids, last) = (new long[tile.Length * steps], new long[tile.Length]);
        for (var row = 0; row < tile.Length; row++)
        {
            var history = users.History(users.Users[tile[row]]);
            history = history[Math.Max(0, history.Length - window)..];
            for (var t = 0; t < history.Length; t++) ids[row * steps + t] = history[t];
            last[row] = row * steps + Math.Max(history.Length, 1) - 1;
        }

        var states = model.Encode(model.Items.Gather(ids).view(tile.Length, steps, -1)).flatten(0, 1);
        return states.index_select(0, tensor(last));
    }

    private static void Rank(Tensor scores, RankedUsers users, ReadOnlyMemory<int> tile, bool maskSeen, double[] ranks)
    {
        var width = (int)scores.shape[1];
        Parallel.For(0, tile.Length, row =>
        {
            var values = MemoryMarshal.Cast<byte, float>(scores.bytes).Slice(row * width, width);
            var user = users.Users[tile.Span[row]];
            var target = users.Target(user);
            values[0] = float.NegativeInfinity;
            if (maskSeen)
            {
                foreach (var item in users.History(user)) values[item] = float.NegativeInfinity;
            }

            ranks[tile.Span[row]] = Ranking.Rank(values, target);
        });
    }
}
