using Tandem.Device;

namespace Tandem.Parity.Tests;

/// <summary>The device's SASRec is the training's SASRec: same weights, same history, same scores.</summary>
public class SasRecParityTests
{
    private const int Window = 12;

    /// <summary>Float32 in two orders of summation: some 10⁻⁶ on scores of size 1 to 3.</summary>
    private const float Tolerance = 1e-5f;

    public static TheoryData<int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<int, int, int>();
            foreach (var width in new[] { 16, 64 })
            {
                foreach (var blocks in new[] { 1, 2 })
                {
                    foreach (var heads in new[] { 1, 2, 4 }) shapes.Add(width, blocks, heads);
                }
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_device_scores_every_item_as_Torch_does(int width, int blocks, int heads)
    {
        using var pair = new SasRecPair(new() { Width = width, Blocks = blocks, Heads = heads, Window = Window });
        foreach (var length in new[] { 1, 2, 7, Window, Window + 1, 3 * Window }) AssertAgree(pair, length, Tolerance);
    }

    [Fact]
    public void They_agree_where_the_shape_is_no_multiple_of_a_vector()
    {
        using var pair = new SasRecPair(new() { Width = 27, Blocks = 2, Heads = 3, Window = Window });
        foreach (var length in new[] { 1, Window, 2 * Window }) AssertAgree(pair, length, Tolerance);
    }

    [Fact]
    public void They_agree_where_attention_falls_on_a_single_event()
    {
        // Logits of some hundreds lose two digits before the softmax, hence the wider tolerance.
        using var pair = new SasRecPair(new() { Width = 16, Blocks = 2, Heads = 2, Window = Window }, attentionScale: 40);
        foreach (var length in new[] { 2, Window, 2 * Window }) AssertAgree(pair, length, tolerance: 1e-3f);
    }

    [Fact]
    public void A_session_that_observes_one_event_at_a_time_agrees_after_each()
    {
        using var pair = new SasRecPair(new() { Width = 16, Blocks = 2, Heads = 2, Window = Window });
        var session = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
        var history = History(2 * Window);
        for (var n = 1; n <= history.Length; n++)
        {
            session.Observe(history[n - 1]);
            AssertClose(pair.Torch(history[..n]).Scores, DeviceScores(session), Tolerance);
        }
    }

    private static void AssertAgree(SasRecPair pair, int length, float tolerance)
    {
        var history = History(length);
        var (state, scores) = pair.Torch(history);
        var deviceState = new float[state.Length];
        pair.Device.Encode(history, deviceState);
        AssertClose(state, deviceState, tolerance);

        var session = new DeviceSession(pair.Device, new() { ExcludeConsumed = false });
        foreach (var item in history) session.Observe(item);
        AssertClose(scores, DeviceScores(session), tolerance);
        Assert.True(scores.Max() - scores.Min() > 0.2, "scores that hardly differ would prove nothing");
    }

    /// <summary>[V] through the public surface.</summary>
    private static float[] DeviceScores(DeviceSession session) =>
        [.. session.Recommend(SasRecPair.Items, RankingMode.Device).OrderBy(r => r.Item).Select(r => r.DeviceScore)];

    private static int[] History(int length)
    {
        var random = new Random(length);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(1, SasRecPair.Items + 1))];
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
