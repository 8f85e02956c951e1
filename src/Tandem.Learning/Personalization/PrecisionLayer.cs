using Tandem.Learning.Layers;
using Tandem.Protocol.Parameters;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// A linear layer whose rows keep 2, 4, 8 or all 32 bits, as a user's plan says of each: W′ = Q(W), rows quantised symmetrically around 0.
/// A plan is 2 bits a row (CHORD, arXiv 2510.03038).
/// </summary>
internal sealed class PrecisionLayer : ChangedLayer
{
    private static readonly int[] _bits = PrecisionPlan.Bits.ToArray();
    private static readonly long[] _choices = [.. Enumerable.Range(0, PrecisionPlan.Bits.Length)];

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

    /// <summary>[N, O] the choice of each row, int64.</summary>
    public static Tensor Choices(Tensor numbers) => SharesOf(numbers).max(1).indexes;

    /// <summary>[N, 4, O] 1 at the choice of each row, whose gradient is that of a softmax.</summary>
    public static Tensor Plan(Tensor numbers)
    {
        var shares = SharesOf(numbers);
        using var choices = tensor(_choices, [1, _choices.Length, 1], device: numbers.device);
        var chosen = shares.detach().max(1).indexes.unsqueeze(1).eq(choices).to(shares.dtype);
        return shares.Plus(chosen - shares.detach());
    }

    /// <inheritdoc/>
    public override WeightDelta Delta(Tensor numbers)
    {
        using var scope = NewDisposeScope();
        var weight = _layer.Weight.detach();
        var rounded = _bits.Length - 1; // the last choice changes nothing
        var losses = stack([.. _bits[..rounded].Select(bits => Quantised(weight, bits) - weight)], dim: 0);         // [3, O, I]
        return new()
        {
            Choices = losses.MoveToOuterDisposeScope(),
            Shares = Plan(numbers).narrow(1, 0, rounded).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>Rows as multiples of their greatest magnitude's share, as <see cref="PrecisionPlan.Round"/> has them, to the bit.</summary>
    internal static Tensor Quantised(Tensor weight, int bits)
    {
        if (bits >= 32) return weight;
        var step = weight.abs().amax([1L], keepdim: true).DividedBy((1 << (bits - 1)) - 1).Plus(1e-12);
        return (weight / step).round() * step;
    }

    /// <summary>[N, 4, O] how much of each choice a row gets. A softmax over 4 numbers is slow along the last axis.</summary>
    /// <param name="numbers">[N, O × 4], of one layer or of several.</param>
    internal static Tensor SharesOf(Tensor numbers) =>
        numbers.view(numbers.shape[0], -1, _bits.Length).transpose(1, 2).contiguous().softmax(1);
}
