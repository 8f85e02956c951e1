using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Device.Kernels;

/// <summary>
/// The gates of a GRU (arXiv 1406.1078) in torch's form and order r, z, n:
/// r = σ(iᵣ + hᵣ), z = σ(i_z + h_z), n = tanh(iₙ + r ⊙ hₙ), h' = (1 − z) ⊙ n + z ⊙ h.
/// </summary>
internal static class GruCell
{
    /// <param name="fromInput">[3H] i = Wᵢ x + bᵢ, for r, z and n.</param>
    /// <param name="fromHidden">[3H] Wₕ h + bₕ, for r, z and n.</param>
    /// <param name="hidden">[H] h, becomes h'.</param>
    public static void Step(ReadOnlySpan<float> fromInput, ReadOnlySpan<float> fromHidden, Span<float> hidden)
    {
        if (Vector512.IsHardwareAccelerated && hidden.Length >= Lanes512.Count) Run<Lanes512>(fromInput, fromHidden, hidden);
        else if (Vector256.IsHardwareAccelerated && hidden.Length >= Lanes256.Count) Run<Lanes256>(fromInput, fromHidden, hidden);
        else if (Vector128.IsHardwareAccelerated && hidden.Length >= Lanes128.Count) Run<Lanes128>(fromInput, fromHidden, hidden);
        else Scalar(fromInput, fromHidden, hidden);
    }

    [MethodImpl(Hot.Loop)]
    internal static void Run<TLanes>(ReadOnlySpan<float> fromInput, ReadOnlySpan<float> fromHidden, Span<float> hidden)
        where TLanes : struct, ILanes<TLanes>
    {
        if (hidden.Length < TLanes.Count)
        {
            Scalar(fromInput, fromHidden, hidden);
            return;
        }

        Require(fromInput, fromHidden, hidden);
        ref var i = ref MemoryMarshal.GetReference(fromInput);
        ref var u = ref MemoryMarshal.GetReference(fromHidden);
        ref var h = ref MemoryMarshal.GetReference(hidden);
        var length = (nuint)hidden.Length;
        // The last vector reaches back over the one before it, so it is read before anything is written.
        var rest = length - (nuint)TLanes.Count;
        var last = TLanes.Load(in h, rest);
        for (nuint at = 0; at < rest; at += (nuint)TLanes.Count)
            TLanes.Store(Next(in i, in u, TLanes.Load(in h, at), length, at), ref h, at);
        TLanes.Store(Next(in i, in u, last, length, rest), ref h, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Next<TLanes>(ref readonly float i, ref readonly float u, TLanes h, nuint length, nuint at)
        where TLanes : struct, ILanes<TLanes>
    {
        var r = Transcendental.Sigmoid(TLanes.Load(in i, at) + TLanes.Load(in u, at));
        var z = Transcendental.Sigmoid(TLanes.Load(in i, length + at) + TLanes.Load(in u, length + at));
        var n = Transcendental.Tanh(TLanes.MultiplyAdd(r, TLanes.Load(in u, 2 * length + at), TLanes.Load(in i, 2 * length + at)));
        return TLanes.MultiplyAdd(z, h, (TLanes.Broadcast(1f) - z) * n);
    }

    /// <summary>The oracle.</summary>
    internal static void Scalar(ReadOnlySpan<float> fromInput, ReadOnlySpan<float> fromHidden, Span<float> hidden)
    {
        Require(fromInput, fromHidden, hidden);
        var H = hidden.Length;
        for (var j = 0; j < H; j++)
        {
            var r = 1 / (1 + MathF.Exp(-(fromInput[j] + fromHidden[j])));
            var z = 1 / (1 + MathF.Exp(-(fromInput[H + j] + fromHidden[H + j])));
            var n = MathF.Tanh(fromInput[2 * H + j] + r * fromHidden[2 * H + j]);
            hidden[j] = (1 - z) * n + z * hidden[j];
        }
    }

    private static void Require(ReadOnlySpan<float> fromInput, ReadOnlySpan<float> fromHidden, Span<float> hidden)
    {
        Shapes.RequireLength(fromInput.Length, 3L * hidden.Length);
        Shapes.RequireLength(fromHidden.Length, 3L * hidden.Length);
    }
}
