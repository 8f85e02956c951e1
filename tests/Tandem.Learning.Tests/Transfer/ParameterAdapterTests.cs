using Tandem.Learning.Layers;
using Tandem.Learning.Transfer;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

public class ParameterAdapterTests
{
    /// <summary>Matrices of several scales, so that none may take another's.</summary>
    [Theory]
    [InlineData("residual")]
    [InlineData("mergenet")]
    [InlineData("softmax")]
    [InlineData("row-aligned")]
    [InlineData("low rank")]
    public void Matrices_in_one_pass_are_written_as_each_alone(string kind)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var adapter = Adapter(kind, (8, 6), (8, 5));
        foreach (var parameter in adapter.parameters())
        {
            using var mode = no_grad();
            parameter.copy_(randn(parameter.shape));
        }

        adapter.eval();
        var (T, S) = (randn(3, 8, 6), randn(8, 5));
        T[1].mul_(tensor(40f));
        var together = adapter.MakeAll(T, adapter.Encode(S));
        Assert.Equal([3, 8, 6], together.shape);
        for (var i = 0; i < 3; i++) Close.Row(Values.Of(adapter.Make(T[i], S)), Values.Of(together[i]), 1e-4);
    }

    private static ParameterAdapter Adapter(string kind, (int Rows, int Columns) target, (int Rows, int Columns) source)
    {
        var mix = kind == "softmax" ? AdapterMix.Softmax : AdapterMix.Mean;
        var options = new TransferOptions { Heads = 2, Width = 8, Layers = 2, Mix = mix };
        return kind switch
        {
            "residual" => new ResidualAdapter(target, source, options),
            "row-aligned" => new RowAlignedAdapter(target, source, options),
            "low rank" => new LowRankAdapter(new ResidualAdapter((4, target.Columns), (4, source.Columns), options), 4),
            _ => new MergeNetAdapter(target, source, options, new Noise(1)),
        };
    }
}
