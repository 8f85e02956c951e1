using Tandem.Device;
using Tandem.Learning.Backbones;
using Tandem.Tests;

namespace Tandem.Parity.Tests;

/// <summary>
/// The device's models are the training's models: same weights, same history, same scores, whether the device takes a history in at
/// once or an event at a time.
/// </summary>
public class DeviceParityTests
{
    private const int Window = ModelPairs.Window;

    private static readonly int[] _lengths = [1, 2, 7, Window, Window + 1, Window + 3, 3 * Window];

    public static TheoryData<string> Models => [.. ModelPairs.Names];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_device_scores_every_item_as_Torch_does(string model)
    {
        using var pair = ModelPairs.Of(model);
        foreach (var length in _lengths)
        {
            var (history, times) = ModelPairs.History(length);
            var scores = pair.TorchScores(history, times);
            Close.Row(scores, pair.DeviceScores(history, times));
            Assert.True(scores.Max() - scores.Min() > 0.1, "scores that hardly differ would prove nothing");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_session_that_observes_one_event_at_a_time_agrees_after_each(string model)
    {
        using var pair = ModelPairs.Of(model);
        var session = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
        var (history, times) = ModelPairs.History(2 * Window + 2);
        for (var n = 1; n <= history.Length; n++)
        {
            session.Observe(history[n - 1], times[n - 1], ModelPair.ValueAt(n - 1));
            var scores = ModelPair.SessionScores(session);
            Close.Row(pair.TorchScores(history[..n], times[..n]), scores);
            Close.Row(pair.DeviceScores(history[..n], times[..n]), scores);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_session_restored_from_a_snapshot_goes_on_bit_for_bit(string model)
    {
        using var pair = ModelPairs.Of(model);
        var session = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
        var (history, times) = ModelPairs.History(2 * Window + 2);
        for (var n = 0; n < history.Length; n++)
        {
            var restored = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
            Assert.True(restored.TryRestore(session.Snapshot(), out var fault), fault);
            session.Observe(history[n], times[n], ModelPair.ValueAt(n));
            restored.Observe(history[n], times[n], ModelPair.ValueAt(n));
            Assert.Equal(ModelPair.SessionScores(session), ModelPair.SessionScores(restored));
        }
    }

    [Fact]
    public void They_agree_where_attention_falls_on_a_single_event()
    {
        // Logits of some hundreds lose two digits before the softmax, hence the wider tolerance.
        using var pair = ModelPair.Of(new SasRecOptions { Width = 16, Blocks = 2, Heads = 2, Window = Window }, attentionScale: 40);
        foreach (var length in _lengths)
        {
            var (history, times) = ModelPairs.History(length);
            Close.Row(pair.TorchScores(history, times), pair.DeviceScores(history, times), tolerance: 1e-3);
        }
    }
}
