using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

internal static class Int8Rows
{
    public static float QuantiseQuery(ReadOnlySpan<float> q, Span<short> d)
    {
        var m = TensorPrimitives.MaxMagnitude<float>(q); m = MathF.Abs(m);
        if (m == 0) { d.Clear(); return 0; }
        var most = Math.Min(32767, int.MaxValue / (127 * q.Length));
        for (var i = 0; i < q.Length; i++) d[i] = (short)MathF.Round(q[i] / m * most);
        return m / most;
    }
    public static void Score(ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<short> q, float s, Span<float> scores)
    { for (var i = 0; i < scores.Length; i++) { var sum = 0; for (var d = 0; d < q.Length; d++) sum += rows[i * q.Length + d] * q[d]; scores[i] = sum * scales[i] * s; } }
    public static void ScoreGathered(ReadOnlySpan<sbyte> rows, ReadOnlySpan<float> scales, ReadOnlySpan<int> places, ReadOnlySpan<short> q, float s, Span<float> scores)
    { for (var i = 0; i < scores.Length; i++) Score(rows.Slice(places[i] * q.Length, q.Length), scales.Slice(places[i], 1), q, s, scores.Slice(i, 1)); }
}
