using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Network;

namespace Tandem.Learning.Tests.Codes.Network;

public sealed class CodeSumsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5_000)]
    [InlineData(4, 4_096)]
    [InlineData(6, 4_097)]
    [InlineData(32, 9_000)]
    public void A_sum_is_that_of_what_the_codes_look_up(int levels, int items)
    {
        var random = NamedSeed.Create(1, "sums");
        var codes = new ItemCodes(levels, 256, [.. Enumerable.Range(0, items * levels).Select(_ => (ushort)random.Next(256))]);
        var sums = new CodeSums(codes);
        var tables = new float[sums.Levels * CodeSums.TableSize];
        for (var i = 0; i < levels * CodeSums.TableSize; i++) tables[i] = -10 * random.NextSingle();
        float[] found = [.. Enumerable.Range(0, items).Select(item => (float)(item % 7))];
        sums.AddTo(tables, found);
        for (var item = 1; item <= items; item++)
        {
            var expected = (item - 1) % 7.0;
            for (var level = 0; level < levels; level++) expected += tables[level * CodeSums.TableSize + codes[item][level]];
            Assert.Equal(expected, found[item - 1], 1e-3);
        }
    }

    [Fact]
    public void Equal_codes_have_equal_sums_wherever_they_stand()
    {
        const int items = 10_001, levels = 7;
        var codes = new ItemCodes(levels, 256, [.. Enumerable.Range(0, items * levels).Select(i => (ushort)(i % levels * 31))]);
        var sums = new CodeSums(codes);
        var random = NamedSeed.Create(2, "sums");
        float[] tables = [.. Enumerable.Range(0, sums.Levels * CodeSums.TableSize).Select(_ => random.NextSingle())];
        var found = new float[items];
        sums.AddTo(tables, found);
        Assert.Single(found.Distinct());
    }

    [Fact]
    public void More_codes_than_a_byte_tells_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => new CodeSums(new(1, 257, [256])));
        Assert.Contains("at most 256", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_and_sums_of_another_size_are_refused()
    {
        var sums = new CodeSums(new(2, 4, [1, 2, 3, 0]));
        Assert.Throws<ArgumentException>(() => sums.AddTo(new float[2 * CodeSums.TableSize], new float[2]));
        Assert.Throws<ArgumentException>(() => sums.AddTo(new float[4 * CodeSums.TableSize], new float[3]));
    }
}
