namespace Tandem.Device.Kernels;

/// <summary>
/// A step of a GRU that keeps what its backward pass needs: r = σ(aᵣ + bᵣ); z = σ(a_z + b_z); n = tanh(aₙ + r bₙ); h' = (1 − z) n + z h.
/// </summary>
internal static class GruCellGradient
{
    /// <param name="fromInput">[3 H] a.</param>
    /// <param name="fromHidden">[3 H] b; its last H are read again in the backward pass.</param>
    /// <param name="before">[H] h.</param>
    /// <param name="gates">[3 H] receives r, z and n.</param>
    /// <param name="after">[H] receives h'.</param>
    public static void Forward(
        ReadOnlySpan<float> fromInput, ReadOnlySpan<float> fromHidden, ReadOnlySpan<float> before, Span<float> gates, Span<float> after)
    {
        var H = before.Length;
        for (var i = 0; i < H; i++)
        {
            var r = Sigmoid(fromInput[i] + fromHidden[i]);
            var z = Sigmoid(fromInput[H + i] + fromHidden[H + i]);
            var n = MathF.Tanh(fromInput[2 * H + i] + r * fromHidden[2 * H + i]);
            (gates[i], gates[H + i], gates[2 * H + i]) = (r, z, n);
            after[i] = (1 - z) * n + z * before[i];
        }
    }

    /// <param name="gates">[3 H] from <see cref="Forward"/>.</param>
    /// <param name="candidate">[H] bₙ.</param>
    /// <param name="before">[H] h.</param>
    /// <param name="dHidden">[H] of h'; becomes that of h, as far as it does not go through b.</param>
    /// <param name="dFromInput">[3 H], overwritten.</param>
    /// <param name="dFromHidden">[3 H], overwritten.</param>
    public static void Backward(
        ReadOnlySpan<float> gates, ReadOnlySpan<float> candidate, ReadOnlySpan<float> before, Span<float> dHidden,
        Span<float> dFromInput, Span<float> dFromHidden)
    {
        var H = before.Length;
        for (var i = 0; i < H; i++)
        {
            var (r, z, n, dh) = (gates[i], gates[H + i], gates[2 * H + i], dHidden[i]);
            var dn = dh * (1 - z) * (1 - n * n);
            var dr = dn * candidate[i] * r * (1 - r);
            var dz = dh * (before[i] - n) * z * (1 - z);
            (dFromInput[i], dFromInput[H + i], dFromInput[2 * H + i]) = (dr, dz, dn);
            (dFromHidden[i], dFromHidden[H + i], dFromHidden[2 * H + i]) = (dr, dz, dn * r);
            dHidden[i] = dh * z;
        }
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
