using System.Numerics.Tensors;
namespace Tandem.Device.Kernels;
internal static class MatrixProduct
{
    public static void TimesTransposed(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y, int inputs)
    {
        var O = w.Length / inputs;
        for (var t = 0; t * inputs < x.Length; t++) MatrixVector.Multiply(w, b, x.Slice(t * inputs, inputs), y.Slice(t * O, O));
    }
}
internal static class Attention
{
    public static void Attend(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int steps, int stride, float scale, Span<float> weights, Span<float> destination)
    {
        var F = query.Length;
        weights = weights[..steps];
        for (var t = 0; t < steps; t++) weights[t] = TensorPrimitives.Dot(query, keys.Slice(t * stride, F)) * scale;
        TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
        TensorPrimitives.SoftMax(weights, weights);
        destination.Clear();
        for (var t = 0; t < steps; t++) TensorPrimitives.MultiplyAdd(values.Slice(t * stride, F), weights[t], destination, destination);
    }
    public static void AttendSilu(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int steps, int keyStride, int valueStride, ReadOnlySpan<float> bias, float factor, Span<float> weights, Span<float> destination)
    {
        destination.Clear();
        for (var t = 0; t < steps; t++)
        {
            var s = TensorPrimitives.Dot(query, keys.Slice(t * keyStride, query.Length)) + bias[t];
            TensorPrimitives.MultiplyAdd(values.Slice(t * valueStride, destination.Length), s / (1 + MathF.Exp(-s)) * factor, destination, destination);
        }
    }
}
internal static class Activations
{
    public static void Relu(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Max(x, 0f, y);
    public static void Gelu(ReadOnlySpan<float> x, Span<float> y) { for (var i = 0; i < x.Length; i++) y[i] = (float)(x[i] * 0.5 * (1 + Erf(x[i] / Math.Sqrt(2)))); }
    private static double Erf(double x) { var t = 1 / (1 + 0.3275911 * Math.Abs(x)); var e = 1 - t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.Exp(-x * x); return Math.Sign(x) * e; }
    public static void Silu(ReadOnlySpan<float> x, Span<float> y) { for (var i = 0; i < x.Length; i++) y[i] = x[i] / (1 + MathF.Exp(-x[i])); }
    public static void SwiGlu(ReadOnlySpan<float> g, ReadOnlySpan<float> u, Span<float> y) { for (var i = 0; i < g.Length; i++) y[i] = g[i] / (1 + MathF.Exp(-g[i])) * u[i]; }
    public static void PRelu(ReadOnlySpan<float> x, float s, Span<float> y) { for (var i = 0; i < x.Length; i++) y[i] = x[i] < 0 ? x[i] * s : x[i]; }
}
internal static class GruCell
{
    public static void Step(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> h)
    {
        var H = h.Length;
        for (var i = 0; i < H; i++)
        {
            float S(float x) => 1 / (1 + MathF.Exp(-x));
            var (r, z) = (S(a[i] + b[i]), S(a[H + i] + b[H + i]));
            var n = MathF.Tanh(a[2 * H + i] + r * b[2 * H + i]);
            h[i] = (1 - z) * n + z * h[i];
        }
    }
}
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
