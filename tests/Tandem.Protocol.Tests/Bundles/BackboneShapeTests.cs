using Tandem.Protocol.Bundles;

namespace Tandem.Protocol.Tests.Bundles;

public class BackboneShapeTests
{
    private static readonly BackboneShape _large =
        new() { Kind = "sasrec", Items = 1_000_000, Width = 256, Blocks = 6, Heads = 8, Window = 1_000 };

    [Fact]
    public void A_large_but_real_model_has_no_faults() => Assert.Empty(_large.Validate());

    [Fact]
    public void Every_dimension_out_of_range_is_listed()
    {
        var shape = new BackboneShape { Kind = "", Items = 0, Width = -1, Blocks = 257, Heads = 0, Window = 65_537 };
        var faults = shape.Validate();
        Assert.Equal(6, faults.Count);
        foreach (var name in new[] { "kind", "items is 0", "width is -1", "blocks is 257", "heads is 0", "window is 65537" })
            Assert.Contains(faults, fault => fault.StartsWith(name, StringComparison.Ordinal));
    }

    [Fact]
    public void Heads_must_divide_the_width() =>
        Assert.Equal(
            "width 48 is not divisible by 5 heads: set heads to a divisor",
            Assert.Single((_large with { Width = 48, Heads = 5 }).Validate()));

    [Fact]
    public void Dimensions_that_are_each_possible_but_together_absurd_are_refused()
    {
        Assert.Contains("embedding", Assert.Single((_large with { Items = 100_000_000, Width = 8 }).Validate()), StringComparison.Ordinal);
        Assert.Contains("state", Assert.Single((_large with { Blocks = 256, Window = 65_536 }).Validate()), StringComparison.Ordinal);
    }
}
