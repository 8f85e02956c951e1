using Tandem.Learning.Layers;
using Tandem.Learning.Transfer;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

public class LowRankAdapterTests
{
    private const int Rank = 3;

    [Fact]
    public void Factors_are_the_best_of_their_rank_and_have_fixed_signs()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var matrix = randn(8, 6);
        var whole = LowRankFactors.Of(matrix, 6);
        Close.Row(Values.Of(matrix), Values.Of(whole.B.matmul(whole.A)), 1e-4);
        var (B, A) = LowRankFactors.Of(matrix, Rank);
        var singular = Values.Of(linalg.svdvals(matrix));
        var rest = (matrix - B.matmul(A)).Squared().sum().item<float>();
        Assert.Equal(singular[Rank..].Sum(s => s * s), rest, 1e-3f);
        Assert.All(Enumerable.Range(0, Rank), row => Assert.True(Values.Of(A[row]).MaxBy(Math.Abs) > 0));
        // Of −W the other factor turns.
        Close.Row(Values.Of(A), Values.Of(LowRankFactors.Of(matrix.neg(), Rank).A), 1e-4);
    }

    [Fact]
    public void The_published_adapter_writes_one_factor_and_leaves_the_other_to_the_bit()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var (T, S) = (randn(8, 6), randn(5, 7));
        var inner = new MergeNetAdapter((Rank, 6), (Rank, 7), new() { Heads = 2, Layers = 1 }, new Noise(1));
        var adapter = new LowRankAdapter(inner, Rank);
        adapter.eval();
        var written = adapter.Generate(T, S);
        var (before, source) = (LowRankFactors.Of(T, Rank), LowRankFactors.Of(S, Rank));
        Close.Row(Values.Of(before.B.matmul(inner.Make(before.A, source.A))), Values.Of(written), 1e-4);
        Assert.Equal(Values.Of(before.B), Values.Of(LowRankFactors.Of(T, Rank).B));
        var singular = Values.Of(linalg.svdvals(written));
        Assert.True(singular[Rank] < 1e-4 * singular[0], $"rank of {string.Join(", ", singular)}");
    }

    [Fact]
    public void A_rank_that_either_side_has_not_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => LowRankFactors.Of(zeros(2, 9), 3));
        Assert.NotNull(TransferPairs.FaultOf((8, 6), (2, 9), new() { Rank = 3 }));
        Assert.Null(TransferPairs.FaultOf((8, 6), (3, 9), new() { Rank = 3 }));
    }
}
