using Tandem.Learning.Codes;

namespace Tandem.Learning.Tests.Codes;

public sealed class ItemCodesTests
{
    private static readonly ItemCodes _codes = new(2, 4, [1, 2, 0, 0, 1, 2, 3, 3, 0, 0, 1, 2]);

    [Fact]
    public void Items_of_equal_codes_are_found()
    {
        Assert.Equal(6, _codes.Items);
        var groups = _codes.Groups().Select(group => string.Join(' ', group)).ToArray();
        Assert.Equal(["2 5", "1 3 6"], groups);
    }

    [Fact]
    public void A_suffix_tells_them_apart_and_changes_no_code()
    {
        var ids = _codes.WithSuffix();
        Assert.Equal((3, 0), (ids.Levels, ids.Moved));
        for (var item = 1; item <= 6; item++) Assert.Equal(_codes[item].ToArray().Select(c => (int)c), ids.Codes(item)[..2].ToArray());
        Assert.Equal([0, 0, 1, 0, 1, 2], Enumerable.Range(1, 6).Select(item => ids.Codes(item)[2]));
    }

    [Fact]
    public void Versions_tell_codes_apart()
    {
        Assert.Equal(_codes.Version, new ItemCodes(2, 8, [1, 2, 0, 0, 1, 2, 3, 3, 0, 0, 1, 2]).Version);
        Assert.NotEqual(_codes.Version, new ItemCodes(2, 4, [1, 2, 0, 0, 1, 2, 3, 3, 0, 1, 1, 2]).Version);
    }

    [Theory]
    [InlineData(0, 4, "0 levels")]
    [InlineData(2, 0, "0 codes a level")]
    [InlineData(2, 3, "code 3 of 3")]
    [InlineData(5, 4, "12 codes of 5 levels")]
    public void What_cannot_be_codes_is_refused(int levels, int size, string reason)
    {
        var e = Assert.Throws<ArgumentException>(() => new ItemCodes(levels, size, [1, 2, 0, 0, 1, 2, 3, 3, 0, 0, 1, 2]));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
