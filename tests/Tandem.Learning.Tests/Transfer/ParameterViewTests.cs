using Tandem.Learning.Transfer;

namespace Tandem.Learning.Tests.Transfer;

public class ParameterViewTests
{
    /// <summary>Shape, blocks, rows and columns of each: linear, convolution, gates of a GRU, packed projections, embedding.</summary>
    public static TheoryData<long[], int, int, int> Parameters => new()
    {
        { [4, 6], 1, 4, 6 },
        { [4, 3, 2, 2], 1, 4, 12 },
        { [12, 5], 3, 4, 5 },
        { [6, 2], 3, 2, 2 },
        { [9, 4], 1, 9, 4 },
    };

    [Theory]
    [MemberData(nameof(Parameters))]
    public void What_is_read_and_written_back_is_the_parameter(long[] shape, int parts, int rows, int columns)
    {
        float[] values = [.. Enumerable.Range(1, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)i)];
        var written = new float[values.Length];
        var seen = new List<float>();
        foreach (var view in ParameterView.All("weight", parts))
        {
            Assert.Equal((rows, columns), view.SizeIn(shape));
            Assert.Equal(rows * columns, view.In(values).Length);
            view.In(values).CopyTo(view.In(written));
            seen.AddRange(view.In(values));
        }

        Assert.Equal(values, written);
        Assert.Equal(values, seen);
    }

    [Theory]
    [InlineData("backbone.blocks.0.qkv.weight", "backbone.blocks.0.qkv.weight", 0, 1)]
    [InlineData("backbone.blocks.0.qkv.weight[2/3]", "backbone.blocks.0.qkv.weight", 2, 3)]
    [InlineData("odd[name]", "odd[name]", 0, 1)]
    public void A_view_is_read_as_it_is_written(string text, string name, int part, int parts)
    {
        var view = ParameterView.Parse(text);
        Assert.Equal(new ParameterView(name, part, parts), view);
        Assert.Equal(text, view.ToString());
    }

    [Fact]
    public void What_is_no_matrix_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ParameterView("bias").SizeIn([4]));
        Assert.Throws<ArgumentException>(() => new ParameterView("weight", 0, 3).SizeIn([4, 2]));
        Assert.Throws<ArgumentException>(() => ParameterView.Parse("weight[3/3]"));
    }
}
