using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// W ≈ B A of rank R by singular values split evenly: B = U √Σ, A = √Σ Vᵀ, with each row of A turned so that its greatest element is above
/// 0: a singular vector's sign is arbitrary, and an adapter would see it jump.
/// </summary>
/// <param name="B">[…, O, R].</param>
/// <param name="A">[…, R, I].</param>
internal readonly record struct LowRankFactors(Tensor B, Tensor A)
{
    /// <summary>Factors of each matrix, without a gradient.</summary>
    /// <param name="matrices">W […, O, I].</param>
    /// <param name="rank">R, at most the shorter side.</param>
    /// <exception cref="ArgumentException">The matrix has no such rank.</exception>
    public static LowRankFactors Of(Tensor matrices, int rank)
    {
        var most = Math.Min(matrices.shape[^2], matrices.shape[^1]);
        if (rank < 1 || rank > most)
        {
            throw new ArgumentException(
                $"rank {rank} of a matrix of {matrices.shape[^2]} × {matrices.shape[^1]}; expected 1 to {most}", nameof(rank));
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var (U, S, Vt) = linalg.svd(matrices.detach(), fullMatrices: false);
        var root = S.narrow(-1, 0, rank).sqrt().unsqueeze(-1);                          // […, R, 1]
        var right = Vt.narrow(-2, 0, rank);                                             // […, R, I]
        var scale = root * right.gather(-1, right.abs().argmax(-1, keepdim: true)).sign();
        var B = U.narrow(-1, 0, rank) * scale.transpose(-2, -1);
        var A = right * scale;
        return new(B.MoveToOuterDisposeScope(), A.MoveToOuterDisposeScope());
    }
}
