using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Layers;

public class RowTableTests
{
    [Fact]
    public void Rows_come_back_by_id_with_repeats()
    {
        using var scope = NewDisposeScope();
        using var table = new RowTable(4, 3, deviation: 1);
        var all = Values.Of(table.Weight);
        Assert.Equal([.. all[6..9], .. all[..3], .. all[6..9]], Values.Of(table.Gather([2, 0, 2])));
        table.Forget();
    }

    [Fact]
    public void Only_training_keeps_rows_for_the_optimiser()
    {
        using var scope = NewDisposeScope();
        using var table = new RowTable(4, 3, deviation: 1);
        table.eval();
        Assert.False(table.Gather([1]).requires_grad);
        table.train();
        using (no_grad()) Assert.False(table.Gather([1]).requires_grad);
        Assert.Empty(table.Gathered);
        Assert.True(table.Gather([1]).requires_grad);
        Assert.Single(table.Gathered);
        table.Forget();
        Assert.Empty(table.Gathered);
    }

    [Fact]
    public void Rows_and_their_gradient_outlive_the_scope_of_the_loss()
    {
        using var table = new RowTable(4, 2, deviation: 1);
        using (NewDisposeScope()) table.Gather([3, 3]).sum().backward();
        var (ids, rows) = Assert.Single(table.Gathered);
        Assert.Equal([3, 3], ids);
        using (NewDisposeScope()) Assert.Equal([1, 1, 1, 1], Values.Of(rows.grad!));
        table.Forget();
    }
}
