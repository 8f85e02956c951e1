using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class PairTextSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Events_keep_the_order_of_the_lines_and_get_positions()
    {
        _folder.Write("interactions.txt", "1 30\n2 10\n1 20\n1 30\n");
        var dataset = DatasetFolder.Open(_folder.Root, seed: 1);
        Assert.False(dataset.HasTimes);
        Assert.Equal(["30", "20", "30"], dataset.Sequence(0).ToArray().Select(item => dataset.Catalog[item].Key));
        Assert.Equal([0, 1, 2], dataset.Times(0));
        Assert.Equal([0], dataset.Times(1));
    }

    [Fact]
    public void Spaces_and_tabs_separate_and_lines_end_in_any_way()
    {
        _folder.Write("interactions.txt", "\uFEFF1\t30\r\n2  10 \r1 \t20\t\n");
        Assert.Equal([new("1", "30", 0, 1), new("2", "10", 0, 1), new("1", "20", 0, 1)], new PairTextSource(_folder.Root).Read());
    }

    [Theory]
    [InlineData("1 2\n1\n", 2, "the line has 1 field")]
    [InlineData("1 2 3\n", 1, "the line has 3 fields")]
    [InlineData("1 2 5 978300760\n", 1, "the line has 4 fields")]
    [InlineData("1 x\n", 1, "item 'x' is not a whole number")]
    [InlineData("1 2\n\n", 2, "the line is empty")]
    public void A_malformed_line_is_a_fault_with_its_place(string text, int line, string what)
    {
        _folder.Write("interactions.txt", text);
        var fault = Assert.Throws<SourceException>(() => new PairTextSource(_folder.Root).Read().Count());
        Assert.StartsWith($"interactions.txt, line {line}: {what}; expected 'user item'", fault.Message, StringComparison.Ordinal);
    }
}
