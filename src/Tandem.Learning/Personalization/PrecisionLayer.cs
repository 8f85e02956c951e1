using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// A linear layer whose rows keep 2, 4, 8 or all 32 bits, as a user's plan says of each: W′ = Q(W), rows quantised symmetrically around 0.
/// A plan is 2 bits a row (CHORD, arXiv 2510.03038).
/// </summary>
internal sealed class PrecisionLayer : ChangedLayer
{
    private static readonly int[] _bits = [2, 4, 8, 32];

    private readonly SlotLinear _layer;

    /// <param name="slot">Its name, see <see cref="WeightSlots"/>.</param>
    /// <param name="layer">The layer.</param>
    public PrecisionLayer(string slot, SlotLinear layer) : base(slot) => _layer = layer;

    /// <summary>O × 4: for each row how much speaks for each precision.</summary>
    public override long Size => _layer.Weight.shape[0] * _bits.Length;

    /// <summary>Bits of the choices, [4].</summary>
    public static ReadOnlySpan<int> Bits => _bits;

    /// <summary>Starting values of the numbers: each row keeps its 32 bits, [<see cref="Size"/>].</summary>
    public float[] Start() => [.. Enumerable.Range(0, (int)Size).Select(i => i % _bits.Length == _bits.Length - 1 ? 2f : 0)];

    /// <summary>[N, O, 4] 1 at the choice of each row, whose gradient is that of a softmax.</summary>
    public static Tensor Plan(Tensor numbers)
    {
        var shares = numbers.view(numbers.shape[0], -1, _bits.Length).softmax(-1);
        var chosen = nn.functional.one_hot(shares.argmax(-1), _bits.Length).to(shares.dtype);
        return shares.Plus((chosen - shares).detach());
    }

    /// <inheritdoc/>
    public override WeightDelta Delta(Tensor numbers)
    {
        using var scope = NewDisposeScope();
        var weight = _layer.Weight.detach();
        var losses = stack([.. _bits.Select(bits => Quantised(weight, bits) - weight)]);     // [4, O, I]
        var change = einsum("noc,coi->noi", Plan(numbers), losses);
        return new() { Weight = change.MoveToOuterDisposeScope() };
    }

    /// <summary>Rows as multiples of their greatest magnitude's share.</summary>
    private static Tensor Quantised(Tensor weight, int bits)
    {
        if (bits >= 32) return weight;
        var step = weight.abs().amax([1L], keepdim: true).DividedBy((1 << (bits - 1)) - 1).Plus(1e-12);
        return (weight / step).round() * step;
    }
}
