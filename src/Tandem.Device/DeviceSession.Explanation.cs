using System.Numerics.Tensors;

namespace Tandem.Device;

/// <content>Explanations.</content>
public sealed partial class DeviceSession
{
    /// <summary>Why an item stands where it stands. Allocates; meant for what a person looks at.</summary>
    /// <param name="item">1 … V, on the list or not.</param>
    /// <param name="events">Most past events to name, of the nearest and of the followed. Default 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">The catalogue has no such item.</exception>
    public Explanation Explain(int item, int events = 3)
    {
        using (Enter())
        {
            RequireItem(item);
            ScoreList();
            var place = _list.Items.IndexOf(item);
            var score = new float[1];
            _user.Score([item], score);
            var (cloud, device) = place < 0 ? (0, 1) : Shares(place);
            var (counted, followed) = _user.Followed(item, events);
            return new(item, place < 0 ? float.NaN : _list.Cloud[place], score[0], cloud, device, NearestEvents(item, events), counted, followed);
        }
    }

    /// <summary>Shares of cloud and device in a listed item's distance from the list's mean.</summary>
    private (float Cloud, float Device) Shares(int place)
    {
        var (flat, fused) = (new float[_list.Count], new float[_list.Count]);
        Array.Fill(flat, TensorPrimitives.Average<float>(_list.Cloud));
        _options.Fusion.Fuse(flat, _list.Device, Age(), fused);
        var device = MathF.Abs(fused[place] - TensorPrimitives.Average<float>(fused));
        Array.Fill(flat, TensorPrimitives.Average<float>(_list.Device));
        _options.Fusion.Fuse(_list.Cloud, flat, Age(), fused);
        var cloud = MathF.Abs(fused[place] - TensorPrimitives.Average<float>(fused));
        return cloud + device > 0 ? (cloud / (cloud + device), device / (cloud + device)) : (0.5f, 0.5f);
    }

    private List<SimilarEvent> NearestEvents(int item, int count)
    {
        var D = _user.Model.Shape.Width;
        var (row, other) = (new float[D], new float[D]);
        if (!_user.TryRead(item, row)) return [];
        var similar = new Dictionary<int, SimilarEvent>(); // an item that was met again counts once, by its latest event
        for (var number = _history.First; number < _history.Count; number++)
        {
            var met = _history.ItemAt(number);
            if (met == item || !_user.TryRead(met, other)) continue;
            var lengths = TensorPrimitives.Norm<float>(row) * TensorPrimitives.Norm<float>(other);
            similar[met] = new(met, _history.Count - 1 - number, lengths > 0 ? TensorPrimitives.Dot<float>(row, other) / lengths : 0);
        }

        return [.. similar.Values.OrderByDescending(e => e.Similarity).ThenBy(e => e.Item).Take(count)];
    }
}
