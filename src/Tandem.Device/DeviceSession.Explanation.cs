using System.Buffers;
using System.Numerics.Tensors;

namespace Tandem.Device;

/// <content>Explanations.</content>
public sealed partial class DeviceSession
{
    private static readonly Comparer<SimilarEvent> _nearestFirst = Comparer<SimilarEvent>.Create(
        (a, b) => b.Similarity.CompareTo(a.Similarity) is not 0 and var order ? order : a.Item.CompareTo(b.Item));

    /// <summary>
    /// Why an item stands where it stands. Reads the row of every event that is kept; allocates about 1 kB, and more with the events named.
    /// </summary>
    /// <param name="item">1 … V, on the list or not.</param>
    /// <param name="events">Most past events to name, of the nearest and of the followed. Default 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">The catalogue has no such item, or the number of events is negative.</exception>
    public Explanation Explain(int item, int events = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(events);
        using (Enter())
        {
            RequireItem(item);
            ScoreList();
            var place = _list.Items.IndexOf(item);
            Span<float> score = stackalloc float[1];
            _user.Score([item], score);
            var (cloud, device) = place < 0 ? (0, 1) : Shares(place);
            var (counted, followed) = _user.Followed(item, events);
            return new(item, place < 0 ? float.NaN : _list.Cloud[place], score[0], cloud, device, NearestEvents(item, events), counted,
                followed, _user.Content(item));
        }
    }

    /// <summary>Shares of cloud and device in a listed item's distance from the list's mean.</summary>
    private (float Cloud, float Device) Shares(int place)
    {
        var count = _list.Count;
        var scratch = ArrayPool<float>.Shared.Rent(2 * count);
        var flat = scratch.AsSpan(0, count);
        var fused = scratch.AsSpan(count, count);
        flat.Fill(TensorPrimitives.Average(_list.Cloud[..count]));
        _fusion.Fuse(new(flat, _list.Device[..count], _list.Before[..count], Age()), fused);
        var device = MathF.Abs(fused[place] - TensorPrimitives.Average<float>(fused));
        flat.Fill(TensorPrimitives.Average<float>(_list.Device[..count]));
        _fusion.Fuse(new(_list.Cloud[..count], flat, _list.Before[..count], Age()), fused);
        var cloud = MathF.Abs(fused[place] - TensorPrimitives.Average<float>(fused));
        ArrayPool<float>.Shared.Return(scratch);
        return cloud + device > 0 ? (cloud / (cloud + device), device / (cloud + device)) : (0.5f, 0.5f);
    }

    /// <summary>The items most like one, each with the age of its latest event.</summary>
    private List<SimilarEvent> NearestEvents(int item, int count)
    {
        var nearest = new List<SimilarEvent>();
        var D = _user.Model.Shape.Width;
        var scratch = ArrayPool<float>.Shared.Rent(2 * D);
        var row = scratch.AsSpan(0, D);
        var other = scratch.AsSpan(D, D);
        if (_user.TryRead(item, row))
        {
            var length = TensorPrimitives.Norm<float>(row);
            for (var number = _history.First; number < _history.Count; number++)
            {
                var past = _history.ItemAt(number);
                if (past == item || !_user.TryRead(past, other)) continue;
                var lengths = length * TensorPrimitives.Norm<float>(other);
                var cosine = lengths > 0 ? TensorPrimitives.Dot<float>(row, other) / lengths : 0;
                Keep(nearest, new(past, _history.Count - 1 - number, cosine), count);
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
        return nearest;
    }

    /// <summary>
    /// Keeps the nearest. An item of several events is found by its similarity and takes the later event; one that had to give way is
    /// no nearer the second time.
    /// </summary>
    private static void Keep(List<SimilarEvent> nearest, SimilarEvent similar, int most)
    {
        var place = nearest.BinarySearch(similar, _nearestFirst);
        if (place >= 0)
        {
            nearest[place] = similar;
        }
        else if (~place < most)
        {
            if (nearest.Count == most) nearest.RemoveAt(most - 1);
            nearest.Insert(~place, similar);
        }
    }
}
