using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>softmax(Q Kᵀ / √F) V in H heads, where a step sees itself and the steps before it.</summary>
internal static class CausalAttention
{
    /// <param name="qkv">[B, T, 3 D] queries, keys and values side by side.</param>
    /// <param name="heads">H, a divisor of D.</param>
    /// <returns>[B, T, D].</returns>
    public static Tensor Attend(Tensor qkv, int heads)
    {
        using var scope = NewDisposeScope();
        var (B, T, D) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3);
        var parts = qkv.view(B, T, 3, heads, D / heads).permute(2, 0, 3, 1, 4);         // [3, B, H, T, F]
        var a = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);
        return a.transpose(1, 2).reshape(B, T, D).MoveToOuterDisposeScope();
    }
}
