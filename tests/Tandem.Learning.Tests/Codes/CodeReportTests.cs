using Tandem.Data;
using Tandem.Learning.Codes;

namespace Tandem.Learning.Tests.Codes;

public sealed class CodeReportTests
{
    [Fact]
    public void Figures_are_those_that_are_counted_by_hand()
    {
        // Items 1 and 2 are alike; 3 shares their first code; 4 shares nothing.
        var codes = new ItemCodes(2, 4, [0, 1, 0, 1, 0, 2, 3, 3]);
        var catalog = new Catalog([Item("a", "x"), Item("b", "y"), Item("c", "x"), Item("d")]);
        var sequences = TrainingSequences.Of(4, [1, 2, 3], [4, 3], [2, 1]);
        var report = CodeReport.Of(codes, sequences, catalog);

        Assert.Equal((2, 4, 4), (report.Levels, report.CodebookSize, report.Items));
        Assert.Equal((0.5, 2), (report.CollidingShare, report.LargestGroup));
        // Pairs: 1→2, 2→3, 4→3, 2→1; all but 4→3 share the first code, 1→2 and 2→1 both.
        Assert.Equal([0.75, 0.5], report.ByLevel.Select(use => use.Alignment));
        Assert.Equal(0.75, report.PrefixAlignment);
        // Events: 1 twice, 2 twice, 3 twice, 4 once.
        Assert.Equal(37.0 / 49, report.RandomAlignment, 1e-12);
        Assert.Equal((16 + 4 + 1) / 49.0, report.ByLevel[1].Random, 1e-12);
        Assert.Equal([2, 3], report.ByLevel.Select(use => use.Used));
        Assert.Equal(-0.75 * Math.Log2(0.75) - 0.25 * Math.Log2(0.25), report.ByLevel[0].Entropy, 1e-12);
        Assert.Equal(1.5, report.ByLevel[1].Entropy, 1e-12);
        // Categories: none of the pairs shares one, and an item without any is like nothing.
        Assert.Equal(0, report.Category!.Alignment);
        Assert.Equal((16 + 4) / 49.0, report.Category.Random, 1e-12);
    }

    [Fact]
    public void A_catalogue_without_categories_has_no_control() => Assert.Null(
        CodeReport.Of(new ItemCodes(1, 2, [0, 1]), TrainingSequences.Of(2, [1, 2]), new Catalog([Item("a"), Item("b")])).Category);

    private static ItemDescription Item(string key, params string[] categories) => new(key, null, categories, null);
}
