using System.Numerics.Tensors;
using Tandem.Device.Models;
using Tandem.Device.Sessions;
using Tandem.Protocol.Items;

namespace Tandem.Device;

/// <summary>
/// One ranking with weights before they are taken. Numbers that are finite one by one can overflow when they are multiplied, and a device
/// with such weights would recommend nothing.
/// </summary>
internal static class RankingCheck
{
    private const int MostEvents = 64;
    private const int FewEvents = 12;
    private const long SecondsApart = 86_400;

    /// <summary>
    /// Why a model cannot rank, or null: tried on events spread over the catalogue, or on rows of ±1 where it holds no table.
    /// </summary>
    /// <param name="model">As shipped.</param>
    /// <param name="weights">Others by its runner's layout; null for those shipped.</param>
    /// <param name="mostEvents">Events tried at most. Default: <see cref="MostEvents"/>.</param>
    public static string? FaultOf(DeviceModel model, AlignedFloats? weights = null, int mostEvents = MostEvents)
    {
        var V = model.Shape.Items;
        var events = Math.Min(Math.Min(V, model.Shape.Window), mostEvents);
        var history = new UserHistory(Math.Max(events, model.EventsJoined), model.HoldsCatalog ? V : events);
        // Without a table no item differs from another, and its first ones stand for all.
        for (var i = 0; i < events; i++) history.Add(model.HoldsCatalog ? Spread(i, events, V) : i + 1, i * SecondsApart, Half.One);
        var cache = model.HoldsCatalog ? null : model.CreateCache(events);
        if (cache is not null && !cache.TryAdd(Alternating(model, events), out var fault)) return fault;
        var user = new UserModel(model, cache, history);
        if (weights is not null) user.UseSent(weights);
        return FaultOf(user, history);
    }

    /// <summary>Why a user would get no ranking from other weights, or null: tried on the user's events and on those of nobody.</summary>
    /// <param name="user">Keeps its own.</param>
    /// <param name="history">Of the user.</param>
    /// <param name="weights">By the layout of the model's runner.</param>
    public static string? FaultOf(UserModel user, UserHistory history, AlignedFloats weights)
    {
        var tried = new UserModel(user.Model, user.Items, history);
        tried.UseSent(weights);
        return FaultOfWeights(tried, history, isNear: false);
    }

    /// <summary>The same of a user's model that has these weights.</summary>
    /// <param name="tried">Takes in the user's events.</param>
    /// <param name="history">Of the user.</param>
    /// <param name="isNear">
    /// True where some linear layers alone changed, and by no more than a bundle allows: fewer events of nobody then suffice, and the user
    /// waits half as long.
    /// </param>
    public static string? FaultOfWeights(UserModel tried, UserHistory history, bool isNear) =>
        FaultOf(tried, history) ?? FaultOf(tried.Model, tried.SentWeights, isNear ? FewEvents : MostEvents);

    /// <summary>Why a user's model cannot rank, or null: tried on the user's events.</summary>
    /// <remarks>
    /// Where scores are products, a bounded vector is enough, whatever the catalogue: 8,192 elements of at most 10¹⁵, times those of rows
    /// of at most 10⁶, sum to 10²⁵, and counts and contents, which are bounded by their joins, add next to nothing. A float32 holds 10³⁸.
    /// </remarks>
    public static string? FaultOf(UserModel user, UserHistory history)
    {
        const string Overflows = "the scores that these weights give are not finite: they overflow; train and export the model again";
        if (!FiniteWeights.AreWithin(user.Vector(), FiniteWeights.GreatestComputed)) return Overflows;
        if (user.Model.Runner.ScoresByProduct) return null;
        var items = history.CopyItems().Distinct().Take(MostEvents).Where(item => user.TryPlace(item, out _)).ToArray();
        var scores = new float[items.Length];
        user.Score(items, scores);
        return items.Length > 0 && !TensorPrimitives.IsFiniteAll<float>(scores) ? Overflows : null;
    }

    private static int Spread(int i, int count, int items) => 1 + (int)((long)i * (items - 1) / Math.Max(1, count - 1));

    private static ItemSlice Alternating(DeviceModel model, int count)
    {
        var items = Enumerable.Range(1, count).ToArray();
        var contents = model.Contents.Select(join => new JoinedContent(ContentRows.FromTable(Rows(join.Width), join.Width), join));
        var D = model.Shape.Width;
        return ItemSlice.FromTable(model.CatalogVersion, model.Version, items, Rows(D), D, [.. contents]);

        float[] Rows(int width)
        {
            var rows = new float[(count + 1) * width];
            for (var i = 0; i < rows.Length; i++) rows[i] = (i + i / width) % 2 == 0 ? 1 : -1;
            return rows;
        }
    }
}
