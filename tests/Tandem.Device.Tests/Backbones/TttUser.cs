using Tandem.Device.Backbones;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Tests.Backbones;

/// <summary>Random weights of a TTT backbone and a user's random events.</summary>
internal sealed class TttUser
{
    private readonly AlignedFloats _weights;
    private readonly float[] _items;    // [N × D]
    private readonly long[] _times;     // [N]
    private readonly float[] _values;   // [N]

    /// <param name="shape">Of the backbone, whose weights depend on nothing else.</param>
    /// <param name="events">N.</param>
    /// <param name="seed">Of the events.</param>
    public TttUser(TttShape shape, int events, int seed = 1)
    {
        Runner = new(shape);
        _weights = new(Runner.Layout.Length);
        var random = new Random(9);
        foreach (var tensor in Runner.Layout.Slices)
        {
            foreach (ref var value in tensor.Slice.Of(_weights.Span)) value = random.NextSingle() * 0.6f - 0.3f;
        }

        Runner.Adapter.Initialize(_weights.Span);
        random = new Random(seed);
        _items = [.. Enumerable.Range(0, events * shape.Width).Select(_ => random.NextSingle() * 2 - 1)];
        _times = new long[events];
        for (var i = 1; i < events; i++) _times[i] = _times[i - 1] + (long)Math.Pow(10, random.NextDouble() * 7);
        _values = [.. Enumerable.Range(0, events).Select(_ => random.NextSingle() * 6 - 1)];
    }

    public TttRunner Runner { get; }

    /// <summary>[N] of the events.</summary>
    public Span<float> Values => _values;

    /// <summary>A tensor by its name in a bundle.</summary>
    public Span<float> Weights(string name) => Runner.Layout.Slices.Single(tensor => tensor.Name == name).Slice.Of(_weights.Span);

    /// <summary>Takes in events by their numbers.</summary>
    public void Advance(UserState state, int first, int count) => Advance(state, this, first, count);

    /// <summary>Takes in another user's events.</summary>
    public void Advance(UserState state, TttUser other, int first, int count)
    {
        var D = Runner.Shape.Width;
        Runner.Advance(
            _weights.Span, state, new(
                other._items.AsSpan(first * D, count * D), other._times.AsSpan(first, count), other._values.AsSpan(first, count)));
    }

    /// <summary>[N × D] after each event.</summary>
    public float[] Outputs()
    {
        var (state, outputs) = (Runner.CreateState(), new float[_items.Length]);
        var progress = new TttProgress(state.Carried, state.Scratch);
        Runner.Run(_weights.Span, ref progress, new(_items, _times, _values), outputs);
        return outputs;
    }
}
