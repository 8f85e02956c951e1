using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class SequenceTextSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_become_events_with_positions_as_times()
    {
        _folder.Write("sequences.txt", "7 30 10\n8 10\n");
        var source = new SequenceTextSource(_folder.Root);
        Assert.Equal([new("7", "30", 0, 1), new("7", "10", 1, 1), new("8", "10", 0, 1)], source.Read());
        Assert.False(source.HasTimes);
        Assert.Equal(Path.GetFileName(_folder.Root), source.Name);
        Assert.Empty(source.ReadItems());
    }

    [Fact]
    public void The_folder_names_the_set_even_with_a_slash_at_its_end() =>
        Assert.Equal("beauty", new SequenceTextSource("data/beauty/").Name);

    [Fact]
    public void Titles_and_semantic_ids_come_together()
    {
        _folder.Write("items.tsv", "item\ttitle\tgenres\n10\tOne\tA|B\n20\t\t\n");
        _folder.Write("semantic_ids.txt", "10 1 2\n30 1 3\n");
        var items = new SequenceTextSource(_folder.Root).ReadItems();
        Assert.Equivalent(new ItemDescription("10", "One", ["A", "B"], [1, 2]), items["10"], strict: true);
        Assert.Equivalent(new ItemDescription("20", null, [], null), items["20"], strict: true);
        Assert.Equivalent(new ItemDescription("30", null, [], [1, 3]), items["30"], strict: true);
    }

    [Theory]
    [InlineData("1 2 3\n2 3 12x 4\n", 2, "item '12x' is not a whole number")]
    [InlineData("1 2 3\nanna 3 4\n", 2, "user 'anna' is not a whole number")]
    [InlineData("1 2 -3\n", 1, "item '-3' is negative")]
    [InlineData("1 2 3\n2\n", 2, "the line has 1 field")]
    [InlineData("1 2 3\n\n2 3 4\n", 2, "the line is empty")]
    [InlineData("1 2 3\n2 4 5\n01 7 8\n", 3, "user '1' already has a line")]
    public void A_malformed_sequence_is_a_fault_with_its_place(string text, int line, string what)
    {
        _folder.Write("sequences.txt", text);
        var fault = Assert.Throws<SourceException>(() => new SequenceTextSource(_folder.Root).Read().Count());
        Assert.Equal(("sequences.txt", line), (fault.File, fault.Line));
        Assert.Equal($"sequences.txt, line {line}: {what}; expected 'user item item …'; correct the line or remove it", fault.Message);
    }

    [Theory]
    [InlineData("1 2 3\n2 3 4 5\n", 2, "item '2' has 3 codes where the first item has 2")]
    [InlineData("1 2 -3\n", 1, "code '-3' is negative")]
    [InlineData("1 2 3.5\n", 1, "code '3.5' is not a whole number")]
    [InlineData("1 3000000000\n", 1, "code '3000000000' is above 2147483647")]
    [InlineData("1 2\n1 3\n", 2, "item '1' already has a line")]
    [InlineData("1\n", 1, "the line has 1 field")]
    [InlineData("1 2\n\n", 2, "the line is empty")]
    public void A_malformed_semantic_id_is_a_fault_with_its_place(string text, int line, string what) =>
        AssertItemFault("semantic_ids.txt", text, line, what);

    [Theory]
    [InlineData("id\ttitle\tgenres\n", 1, "the header is 'id, title, genres'")]
    [InlineData("item\ttitle\tgenres\n1\tOne\n", 2, "the line has 2 fields")]
    [InlineData("item\ttitle\tgenres\n1\tOne\tA\tB\n", 2, "the line has 4 fields")]
    [InlineData("item\ttitle\tgenres\n1\tOne\tA\n1\tTwo\tA\n", 3, "item '1' already has a line")]
    [InlineData("item\ttitle\tgenres\nx\tOne\tA\n", 2, "item 'x' is not a whole number")]
    public void A_malformed_item_is_a_fault_with_its_place(string text, int line, string what) =>
        AssertItemFault("items.tsv", text, line, what);

    private void AssertItemFault(string file, string text, int line, string what)
    {
        _folder.Write(file, text);
        var fault = Assert.Throws<SourceException>(() => new SequenceTextSource(_folder.Root).ReadItems());
        Assert.Equal((file, line), (fault.File, fault.Line));
        Assert.StartsWith($"{file}, line {line}: {what}", fault.Message, StringComparison.Ordinal);
    }
}
