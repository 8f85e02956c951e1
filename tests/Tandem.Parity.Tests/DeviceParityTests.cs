using Tandem.Device;
using Tandem.Learning.Backbones;

namespace Tandem.Parity.Tests;

/// <summary>
/// The device's models are the training's models: same weights, same history, same scores, whether the device takes a history in at
/// once or an event at a time.
/// </summary>
public class DeviceParityTests
{
    private const int Window = 12;

    /// <summary>Float32 in two orders of summation: some 10⁻⁶ on scores of size 1 to 3.</summary>
    private const float Tolerance = 1e-5f;

    private static readonly int[] _lengths = [1, 2, 7, Window, Window + 1, Window + 3, 3 * Window];

    /// <summary>Every kind of backbone, in shapes that are and that are not multiples of a vector.</summary>
    private static readonly Dictionary<string, Func<ModelPair>> _models = new()
    {
        ["sasrec, 1 block"] = () => ModelPair.Of(new SasRecOptions { Width = 16, Window = Window }),
        ["sasrec, 2 blocks, 4 heads"] = () => ModelPair.Of(new SasRecOptions { Width = 64, Blocks = 2, Heads = 4, Window = Window }),
        ["sasrec, odd width"] = () => ModelPair.Of(new SasRecOptions { Width = 27, Blocks = 2, Heads = 3, Window = Window }),
        ["sasrec, gelu, inner 4 D"] = () => ModelPair.Of(new SasRecOptions
        {
            Width = 32, Blocks = 2, Heads = 2, Window = Window, FeedForwardMultiple = 4, Activation = FeedForwardActivation.Gelu,
        }),
        ["sasrec, ligr"] = () => ModelPair.Of(new SasRecOptions { Width = 32, Blocks = 2, Heads = 2, Window = Window, Block = SasRecBlockKind.Ligr }),
        ["sasrec, ligr, inner 4 D, odd"] = () => ModelPair.Of(new SasRecOptions
        {
            Width = 21, Blocks = 1, Heads = 3, Window = Window, Block = SasRecBlockKind.Ligr, FeedForwardMultiple = 4,
        }),
        ["sasrec, unit length"] = () => ModelPair.Of(new SasRecOptions { Width = 16, Window = Window }, normalized: true),
        ["gru4rec"] = () => ModelPair.Of(new Gru4RecOptions { Width = 32, Window = Window }),
        ["gru4rec, 2 layers, wider"] = () => ModelPair.Of(new Gru4RecOptions { Width = 16, Layers = 2, Hidden = 40, Window = Window }),
        ["gru4rec, odd, narrower"] = () => ModelPair.Of(new Gru4RecOptions { Width = 27, Layers = 1, Hidden = 13, Window = Window }, normalized: true),
        ["hstu"] = () => ModelPair.Of(new HstuOptions { Width = 32, AttentionWidth = 16, LinearWidth = 24, Heads = 2, Window = Window }),
        ["hstu, odd, with times"] = () => ModelPair.Of(
            new HstuOptions { Width = 27, Blocks = 3, AttentionWidth = 9, LinearWidth = 11, Window = Window, TimeBuckets = 40 }, usesTimes: true),
        ["din"] = () => ModelPair.Of(new DinOptions { Width = 32, Window = Window }),
        ["din, odd"] = () => ModelPair.Of(new DinOptions { Width = 27, AttentionHidden = 7, Hidden = 11, LastHidden = 5, Window = Window }),
    };

    public static TheoryData<string> Models => [.. _models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_device_scores_every_item_as_Torch_does(string model)
    {
        using var pair = _models[model]();
        foreach (var length in _lengths)
        {
            var (history, times) = History(length);
            var scores = pair.TorchScores(history, times);
            AssertClose(scores, pair.DeviceScores(history, times), Tolerance);
            Assert.True(scores.Max() - scores.Min() > 0.1, "scores that hardly differ would prove nothing");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_session_that_observes_one_event_at_a_time_agrees_after_each(string model)
    {
        using var pair = _models[model]();
        var session = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
        var (history, times) = History(2 * Window + 2);
        for (var n = 1; n <= history.Length; n++)
        {
            session.Observe(history[n - 1], times[n - 1]);
            var scores = ModelPair.SessionScores(session);
            AssertClose(pair.TorchScores(history[..n], times[..n]), scores, Tolerance);
            AssertClose(pair.DeviceScores(history[..n], times[..n]), scores, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_session_restored_from_a_snapshot_goes_on_bit_for_bit(string model)
    {
        using var pair = _models[model]();
        var session = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
        var (history, times) = History(2 * Window + 2);
        for (var n = 0; n < history.Length; n++)
        {
            var restored = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
            Assert.True(restored.TryRestore(session.Snapshot(), out var fault), fault);
            session.Observe(history[n], times[n]);
            restored.Observe(history[n], times[n]);
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
            var (history, times) = History(length);
            AssertClose(pair.TorchScores(history, times), pair.DeviceScores(history, times), tolerance: 1e-3f);
        }
    }

    /// <summary>Random items; gaps from none to years, so that times fall in many buckets.</summary>
    private static (int[] Items, long[] Times) History(int length)
    {
        var random = new Random(length);
        var times = new long[length];
        for (var i = 1; i < length; i++) times[i] = times[i - 1] + (long)Math.Pow(10, random.NextDouble() * 8) - 1;
        return ([.. Enumerable.Range(0, length).Select(_ => random.Next(1, ModelPair.Items + 1))], times);
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
