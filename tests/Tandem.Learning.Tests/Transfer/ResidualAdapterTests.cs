using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

/// <summary>Adapters whose change starts at 0: residual, row-aligned, and either in low rank.</summary>
public class ResidualAdapterTests
{
    private static readonly TransferOptions _options = new() { Heads = 4, Width = 32, Alpha = 1 };

    public static TheoryData<string> Kinds => ["residual", "row-aligned", "low rank"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_first_weights_are_the_targets_own_to_the_bit(string kind)
    {
        using var scope = NewDisposeScope();
        var (adapter, T, S) = (Adapter(kind), Random(1, 6, 8), Random(2, 6, 7));
        Assert.False(adapter.Replaces);
        Assert.Equal(Values.Of(T), Values.Of(adapter.Generate(T, S)));
        Values.Scatter(adapter, 0.5);
        Assert.NotEqual(Values.Of(T), Values.Of(adapter.Generate(T, S)));
        Assert.Equal(Values.Of(adapter.Make(T, S)), Values.Of(adapter.Make(T, S)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_source_of_zeros_and_an_alpha_of_0_change_nothing(string kind)
    {
        using var scope = NewDisposeScope();
        var (adapter, T, S) = (Adapter(kind), Random(1, 6, 8), Random(2, 6, 7));
        Values.Scatter(adapter, 0.5);
        if (kind != "low rank") Assert.All(Values.Of(adapter.Make(T, zeros_like(S))), change => Assert.Equal(0, change));
        using var mode = no_grad();
        adapter.named_parameters().Single(p => p.name.EndsWith("alpha", StringComparison.Ordinal)).parameter.zero_();
        Assert.All(Values.Of(adapter.Make(T, S)), change => Assert.Equal(0, change));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_change_grows_with_the_target_and_not_with_the_source(string kind)
    {
        using var scope = NewDisposeScope();
        var (adapter, T, S) = (Adapter(kind), Random(1, 6, 8), Random(2, 6, 7));
        Values.Scatter(adapter, 0.5);
        var change = adapter.Make(T, S);
        if (kind == "low rank") T = T.Times(9); // factors are split evenly: √9 = 3 on the side that the adapter sees, 3 on the other
        else Close.Row(Values.Of(change.Times(9)), Values.Of(adapter.Make(T.Times(9), S.Times(20))), 1e-4);
        if (kind == "low rank") Close.Row(Values.Of(change.Times(9)), Values.Of(adapter.Make(T, S.Times(25))), 1e-4);
    }

    /// <summary>
    /// Each target is its own start and a fixed linear map of its source, C + S[order] M. What has learned it from some pairs has to write
    /// the others' targets; what learned with noise in the sources' place must not be able to.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_planted_signal_is_carried_over_to_pairs_that_were_held_out(bool noise)
    {
        using var scope = NewDisposeScope();
        var adapter = new ResidualAdapter((6, 8), (10, 7), _options);
        long[] order = [3, 9, 0, 5, 7, 1];
        var map = Random(4, 7, 8).Times(0.4);
        var optimizer = new AdamW([adapter], new() { LearningRate = 0.01, WeightDecay = 0 });
        for (var step = 0; step < 500; step++)
        {
            using var inner = NewDisposeScope();
            stack([.. Enumerable.Range(0, 4).Select(i => Error(step * 4 % 128 + i).mean())]).mean().backward();
            optimizer.Step();
        }

        using var mode = no_grad();
        var (error, all) = (0.0, 0.0);
        for (var pair = 1000; pair < 1020; pair++)
        {
            error += Error(pair).sum().item<float>();
            all += Change(pair).Squared().sum().item<float>();
        }

        var explained = 1 - error / all;
        if (noise) Assert.True(explained < 0.1, $"R² {explained:0.000} from noise");
        else Assert.True(explained > 0.9, $"R² {explained:0.000}");

        Tensor Change(int pair) => Random(10_000 + pair, 10, 7).index_select(0, tensor(order)).matmul(map);

        Tensor Error(int pair)
        {
            var (C, S) = (Random(20_000 + pair, 6, 8), Random((noise ? 30_000 : 10_000) + pair, 10, 7));
            return (adapter.Generate(C, S) - C.Plus(Change(pair))).Squared();
        }
    }

    /// <summary>As above for tables: rows of items that no step learned from.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_planted_signal_is_carried_over_to_rows_that_were_held_out(bool noise)
    {
        using var scope = NewDisposeScope();
        var adapter = new RowAlignedAdapter((80, 8), (80, 7), _options);
        var (T, S) = (Random(1, 80, 8), Scales.UnitRows(Random(2, 80, 7)));
        var change = S.matmul(Random(3, 7, 8)).Times(0.4);
        var read = noise ? Random(4, 80, 7) : S;
        var optimizer = new AdamW([adapter], new() { LearningRate = 0.02, WeightDecay = 0 });
        for (var step = 0; step < 300; step++)
        {
            using var inner = NewDisposeScope();
            (adapter.Make(T, read) - change).narrow(0, 0, 60).Squared().mean().backward();
            optimizer.Step();
        }

        using var mode = no_grad();
        var error = (adapter.Make(T, read) - change).narrow(0, 60, 20).Squared().sum().item<float>();
        var explained = 1 - error / change.narrow(0, 60, 20).Squared().sum().item<float>();
        Assert.True(noise ? explained < 0.2 : explained > 0.9, $"R² {explained:0.000}");
    }

    [Fact]
    public void Tables_of_other_lengths_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => new RowAlignedAdapter((5, 8), (6, 8), _options));
        Assert.Contains("one row for each", e.Message, StringComparison.Ordinal);
    }

    private static ParameterAdapter Adapter(string kind)
    {
        manual_seed(1);
        return kind switch
        {
            "residual" => new ResidualAdapter((6, 8), (6, 7), _options),
            "row-aligned" => new RowAlignedAdapter((6, 8), (6, 7), _options),
            _ => new LowRankAdapter(new ResidualAdapter((3, 8), (3, 7), _options), 3),
        };
    }

    private static Tensor Random(int seed, int rows, int columns)
    {
        manual_seed(seed);
        return randn(rows, columns);
    }
}
