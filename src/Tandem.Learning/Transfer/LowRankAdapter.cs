using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// The paper's re-encoding around any adapter: T = B A and S = B′ A′ of one rank R (<see cref="LowRankFactors"/>); the adapter sees A and
/// A′ alone, and B stays as it is: G = B A_new, or ΔT = B ΔA.
/// </summary>
/// <remarks>
/// In the published program the factors are trained in place of the layer's weights; here they are those of the weights of the moment.
/// Where the adapter replaces, what T has beyond rank R is lost, as it never was there in the paper; a change leaves it.
/// </remarks>
internal sealed class LowRankAdapter : ParameterAdapter
{
    private readonly int _rank;
    [ComponentName(Name = "inner")] private readonly ParameterAdapter _inner;

    /// <param name="inner">For matrices of R rows.</param>
    /// <param name="rank">R.</param>
    public LowRankAdapter(ParameterAdapter inner, int rank) : base(nameof(LowRankAdapter))
    {
        (_inner, _rank) = (inner, rank);
        RegisterComponents();
    }

    public override bool Replaces => _inner.Replaces;

    public override bool Drops => _inner.Drops;

    internal override Tensor Encode(Tensor source)
    {
        using var scope = NewDisposeScope();
        return _inner.Encode(LowRankFactors.Of(source, _rank).A).MoveToOuterDisposeScope();
    }

    internal override Tensor MakeAll(Tensor targets, Tensor source)
    {
        using var scope = NewDisposeScope();
        var T = LowRankFactors.Of(targets, _rank);
        return T.B.matmul(_inner.MakeAll(T.A, source)).MoveToOuterDisposeScope();
    }
}
