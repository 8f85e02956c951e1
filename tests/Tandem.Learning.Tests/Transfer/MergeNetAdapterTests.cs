using Tandem.Learning.Layers;
using Tandem.Learning.Transfer;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Transfer;

/// <summary>The published adapter, with what it promises and what it does not.</summary>
public class MergeNetAdapterTests
{
    private static readonly TransferOptions _options = new() { Adapter = AdapterKind.MergeNet, Heads = 2, Layers = 2 };

    [Fact]
    public void A_layer_of_the_published_pair_has_the_published_number_of_parameters()
    {
        using var scope = NewDisposeScope();
        using var layer = new MergeNetLayer((160, 960), (100, 2048), new() { Heads = 8 }, new Noise(1));
        Assert.Equal(18_816_960, layer.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Every_row_that_it_writes_has_mean_0_and_deviation_1_whatever_the_targets_scale_was()
    {
        using var scope = NewDisposeScope();
        var (adapter, T, S) = (Adapter(), Random(10, 24).Times(0.02), Random(7, 11));
        adapter.eval();
        var G = adapter.Generate(T, S);
        Assert.Equal(T.shape, G.shape);
        Assert.All(Values.Of(G.mean([1])), mean => Assert.Equal(0, mean, 1e-4f));
        Assert.All(Values.Of(G.std(1, unbiased: false)), deviation => Assert.Equal(1, deviation, 1e-3f));
    }

    [Fact]
    public void Outside_of_training_it_writes_the_same_twice_and_in_training_it_does_not()
    {
        using var scope = NewDisposeScope();
        var (adapter, T, S) = (Adapter(), Random(10, 24), Random(7, 11));
        adapter.eval();
        var buffers = adapter.named_buffers().Select(b => Values.Of(b.buffer)).ToArray();
        Assert.Equal(Values.Of(adapter.Make(T, S)), Values.Of(adapter.Make(T, S)));
        Assert.Equal(buffers, adapter.named_buffers().Select(b => Values.Of(b.buffer)).ToArray());
        adapter.train();
        Assert.NotEqual(Values.Of(adapter.Make(T, S)), Values.Of(adapter.Make(T, S)));
        Assert.NotEqual(buffers, adapter.named_buffers().Select(b => Values.Of(b.buffer)).ToArray());
        Assert.True(adapter.Drops);
    }

    [Theory]
    [InlineData(0, false, true)]   // rows to rows
    [InlineData(1, true, false)]   // rows to columns
    [InlineData(2, false, true)]   // columns to rows
    [InlineData(3, true, false)]   // columns to columns
    public void The_order_of_what_is_attended_to_is_of_no_matter_and_the_order_within_is(int path, bool rowsMatter, bool columnsMatter)
    {
        using var scope = NewDisposeScope();
        var (layer, T, S) = (Layer(), Random(5, 6), Random(7, 4));
        var first = Values.Of(layer.Attend(path, T, S));
        Differs(layer.Attend(path, T, S.index_select(0, tensor(new long[] { 3, 1, 0, 6, 5, 2, 4 }))), rowsMatter);
        Differs(layer.Attend(path, T, S.index_select(1, tensor(new long[] { 2, 3, 0, 1 }))), columnsMatter);

        void Differs(Tensor answer, bool expected)
        {
            if (expected) Assert.True(first.Zip(Values.Of(answer)).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-3);
            else Close.Row(first, Values.Of(answer));
        }
    }

    [Theory]
    [InlineData(AttentionPaths.RowsToRows)]
    [InlineData(AttentionPaths.RowsToColumns)]
    [InlineData(AttentionPaths.ColumnsToRows)]
    [InlineData(AttentionPaths.ColumnsToColumns)]
    public void Each_path_can_be_switched_off(AttentionPaths path)
    {
        using var scope = NewDisposeScope();
        var (T, S) = (Random(5, 6), Random(7, 4));
        var all = Adapter(target: (5, 6), source: (7, 4));
        var without = Adapter(_options with { Paths = AttentionPaths.All & ~path }, (5, 6), (7, 4));
        all.eval();
        without.eval();
        Assert.NotEqual(Values.Of(all.Make(T, S)), Values.Of(without.Make(T, S)));
        Assert.True(Count(without) < Count(all));
        Assert.NotEmpty(new TransferOptions { Paths = 0 }.Validate());

        static long Count(ParameterAdapter adapter) => adapter.parameters().Sum(parameter => parameter.numel());
    }

    [Fact]
    public void A_learned_mix_starts_at_the_mean()
    {
        using var scope = NewDisposeScope();
        var (T, S) = (Random(10, 24), Random(7, 11));
        var (mean, mix) = (Adapter(), Adapter(_options with { Mix = AdapterMix.Softmax }));
        foreach (var (name, parameter) in mix.named_parameters().Where(p => !p.name.EndsWith("mix", StringComparison.Ordinal)))
        {
            using var mode = no_grad();
            parameter.copy_(mean.named_parameters().Single(p => p.name == name).parameter);
        }

        foreach (var (name, buffer) in mix.named_buffers()) buffer.copy_(mean.named_buffers().Single(b => b.name == name).buffer);
        mean.eval();
        mix.eval();
        Close.Row(Values.Of(mean.Make(T, S)), Values.Of(mix.Make(T, S)));
    }

    [Fact]
    public void The_spectral_norm_is_the_greatest_singular_value_after_some_passes()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        using var linear = new SpectralLinear(6, 9);
        linear.train();
        for (var pass = 0; pass < 200; pass++) linear.forward(zeros(1, 6)).Dispose();
        var (weight, bias) = (linear.named_parameters().First().parameter, linear.named_parameters().Last().parameter);
        linear.eval();
        var expected = nn.functional.linear(eye(6), weight / linalg.svdvals(weight)[0], bias);
        Close.Row(Values.Of(expected), Values.Of(linear.forward(eye(6))), 1e-4);
    }

    [Fact]
    public void Every_tensor_of_it_learns()
    {
        using var scope = NewDisposeScope();
        var (adapter, T, S) = (Adapter(_options with { Mix = AdapterMix.Softmax }), Random(10, 24), Random(7, 11));
        adapter.train();
        (adapter.Make(T, S) * Random(10, 24)).sum().backward();
        // A bias of all keys shifts all logits of a query alike, which a softmax does not see.
        Assert.All(adapter.named_parameters().Where(p => !p.name.EndsWith("key.bias", StringComparison.Ordinal)), p => Assert.True(
            p.parameter.grad is { } gradient && gradient.abs().max().item<float>() > 0, $"{p.name} has no gradient"));
    }

    private static MergeNetAdapter Adapter(
        TransferOptions? options = null, (int, int)? target = null, (int, int)? source = null)
    {
        manual_seed(1);
        return new MergeNetAdapter(target ?? (10, 24), source ?? (7, 11), options ?? _options, new Noise(1));
    }

    private static MergeNetLayer Layer()
    {
        manual_seed(2);
        var layer = new MergeNetLayer((5, 6), (7, 4), _options, new Noise(1));
        layer.eval();
        return layer;
    }

    private static Tensor Random(int rows, int columns)
    {
        manual_seed(rows * 100 + columns);
        return randn(rows, columns);
    }
}
