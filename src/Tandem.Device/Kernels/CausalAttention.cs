using System.Numerics.Tensors;

namespace Tandem.Device.Kernels;

/// <summary>
/// One head of softmax(Q Kᵀ / √F) V over all events at once, where an event reads itself and those before it. Keeps the weights, for
/// the backward pass needs them.
/// </summary>
/// <param name="width">D; a row of <c>qkv</c> holds Q, K and V, D each.</param>
/// <param name="from">The head's first column.</param>
/// <param name="size">F.</param>
internal readonly struct CausalAttention(int width, int from, int size)
{
    private readonly float _scale = 1 / MathF.Sqrt(size);

    /// <param name="qkv">[N × 3 D].</param>
    /// <param name="weights">[N × N], of which the lower triangle is written.</param>
    /// <param name="mixed">[N × D], of which the head's columns are written.</param>
    public void Forward(ReadOnlySpan<float> qkv, Span<float> weights, Span<float> mixed)
    {
        var N = mixed.Length / width;
        for (var i = 0; i < N; i++)
        {
            var q = Query(qkv, i);
            var row = weights.Slice(i * N, i + 1);
            var y = Mixed(mixed, i);
            for (var j = 0; j <= i; j++) row[j] = TensorPrimitives.Dot(q, Key(qkv, j)) * _scale;
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax(row, row);
            y.Clear();
            for (var j = 0; j <= i; j++) TensorPrimitives.MultiplyAdd(Value(qkv, j), row[j], y, y);
        }
    }

    /// <summary>
    /// With w a row of weights and dw = V dy: ds = w (dw − ⟨w, dw⟩) / √F; dq = Σ ds k; dk += ds q; dv += w dy.
    /// </summary>
    /// <param name="qkv">[N × 3 D].</param>
    /// <param name="weights">[N × N] from <see cref="Forward"/>.</param>
    /// <param name="dMixed">[N × D].</param>
    /// <param name="dQkv">[N × 3 D], added to.</param>
    /// <param name="scratch">[N] overwritten.</param>
    public void Backward(ReadOnlySpan<float> qkv, ReadOnlySpan<float> weights, Span<float> dMixed, Span<float> dQkv, Span<float> scratch)
    {
        var N = dMixed.Length / width;
        for (var i = 0; i < N; i++)
        {
            var row = weights.Slice(i * N, i + 1);
            var dRow = scratch[..(i + 1)];
            var dy = Mixed(dMixed, i);
            for (var j = 0; j <= i; j++) dRow[j] = TensorPrimitives.Dot(dy, Value(qkv, j));
            TensorPrimitives.Subtract(dRow, TensorPrimitives.Dot<float>(row, dRow), dRow);
            TensorPrimitives.Multiply(dRow, row, dRow);
            TensorPrimitives.Multiply(dRow, _scale, dRow);                  // ds
            var q = Query(qkv, i);
            var dq = dQkv.Slice(i * 3 * width + from, size);
            for (var j = 0; j <= i; j++)
            {
                var dk = dQkv.Slice(j * 3 * width + width + from, size);
                var dv = dQkv.Slice(j * 3 * width + 2 * width + from, size);
                TensorPrimitives.MultiplyAdd(Key(qkv, j), dRow[j], dq, dq);
                TensorPrimitives.MultiplyAdd(q, dRow[j], dk, dk);
                TensorPrimitives.MultiplyAdd(dy, row[j], dv, dv);
            }
        }
    }

    private ReadOnlySpan<float> Query(ReadOnlySpan<float> qkv, int i) => qkv.Slice(i * 3 * width + from, size);

    private ReadOnlySpan<float> Key(ReadOnlySpan<float> qkv, int i) => qkv.Slice(i * 3 * width + width + from, size);

    private ReadOnlySpan<float> Value(ReadOnlySpan<float> qkv, int i) => qkv.Slice(i * 3 * width + 2 * width + from, size);

    private Span<float> Mixed(Span<float> mixed, int i) => mixed.Slice(i * width + from, size);
}
