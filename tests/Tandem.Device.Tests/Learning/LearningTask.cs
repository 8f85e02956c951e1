using Tandem.Device.Backbones;
using Tandem.Device.Learning;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Tests.Learning;

/// <summary>Random weights of a backbone and a user's random events, with the candidates of the last of them.</summary>
internal sealed class LearningTask
{
    public const int Items = 60;
    public const int Candidates = 6;

    private readonly float[] _table;    // [V × D]

    public LearningTask(BackboneShape shape, int events = 9, int first = 2, int seed = 1)
    {
        var random = new Random(seed);
        Runner = DeviceBackbones.CreateRunner(shape);
        Weights = new(Runner.Layout.Length);
        foreach (var tensor in Runner.Layout.Slices)
        {
            foreach (ref var value in tensor.Slice.Of(Weights.Span)) value = random.NextSingle() * 0.6f - 0.3f;
        }

        _table = [.. Enumerable.Range(0, Items * shape.Width).Select(_ => random.NextSingle() * 2 - 1)];
        var items = Enumerable.Range(0, events).Select(_ => random.Next(Items)).ToArray();
        var times = new long[events];
        for (var i = 1; i < events; i++) times[i] = times[i - 1] + (long)Math.Pow(10, random.NextDouble() * 8) - 1;
        var candidates = items[first..].SelectMany(item => Enumerable.Range(0, Candidates).Select(c => c == 0 ? item : random.Next(Items)));
        var values = Enumerable.Range(0, events).Select(_ => random.NextSingle() * 6 - 1).ToArray();
        Events = new(Rows(items), times, values, first, Rows(candidates));
    }

    public Runner Runner { get; }

    public AlignedFloats Weights { get; }

    public NextItemEvents Events { get; }

    /// <summary>A loss that has begun with the task.</summary>
    public LossGradient Begin(LearnedPart part, float temperature = 1)
    {
        var loss = LossGradient.Of(Runner, part, new(Events.Count, Candidates, Events.Predicted * Candidates), temperature);
        loss.Begin(Weights.Span, Events);
        return loss;
    }

    private float[] Rows(IEnumerable<int> items) =>
        [.. items.SelectMany(item => _table.AsSpan(item * Runner.Shape.Width, Runner.Shape.Width).ToArray())];
}
