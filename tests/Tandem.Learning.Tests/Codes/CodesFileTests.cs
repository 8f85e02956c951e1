using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Codes;

public sealed class CodesFileTests : IDisposable
{
    private static readonly Catalog _catalog = Catalog("7", "12", "9");

    private readonly TemporaryFolder _folder = new();

    private string Codes => _folder["codes.txt"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("7", "12", "9")]
    [InlineData("the first", "a\u00a0second", "3")]
    public void Codes_come_back_under_their_keys(params string[] keys)
    {
        var codes = new ItemCodes(2, 256, [1, 2, 255, 0, 3, 4]);
        CodesFile.Save(Codes, codes, Catalog(keys));
        var other = CodesFile.Read(Codes, Catalog([.. keys.Reverse()]), codebookSize: 256);
        Assert.Equal((2, 256, 3), (other.Levels, other.CodebookSize, other.Items));
        for (var item = 1; item <= 3; item++) Assert.Equal(codes[item].ToArray(), other[4 - item].ToArray());
        Assert.Equal(codes.Version, CodesFile.Read(Codes, Catalog(keys)).Version);
    }

    [Fact]
    public void The_codebook_is_as_large_as_the_greatest_code_tells() =>
        Assert.Equal(6, Read("7 1 2", "12 0 5", "9 3 3").CodebookSize);

    [Theory]
    [InlineData("line 2 is of item '13', which the data set has not", "7 1 2", "13 1 2", "9 1 2")]
    [InlineData("line 3 is of item '7', which has a line already", "7 1 2", "12 1 2", "7 1 2")]
    [InlineData("codes of 2 of the data set's 3 items", "7 1 2", "12 1 2")]
    [InlineData("codes of 0 of the data set's 3 items")]
    [InlineData("line 2 has 1 codes where the first has 2", "7 1 2", "12 1", "9 1 2")]
    [InlineData("line 3 has the code '-1'", "7 1 2", "12 1 2", "9 1 -1")]
    [InlineData("line 1 has the code '65536'", "7 1 65536", "12 1 2", "9 1 1")]
    [InlineData("line 1 has the code ''", "7  1", "12 1 2", "9 1 1")]
    [InlineData("line 1 has 0 codes", "7", "12", "9")]
    [InlineData("line 1 has 0 codes", "")]
    public void Codes_that_are_not_the_catalogues_are_refused(string reason, params string[] lines)
    {
        var e = Assert.Throws<DatasetException>(() => Read(lines));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Contains(Codes, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_code_beyond_the_codebook_is_refused()
    {
        File.WriteAllLines(Codes, ["7 1", "12 3", "9 4"]);
        var e = Assert.Throws<DatasetException>(() => CodesFile.Read(Codes, _catalog, codebookSize: 4));
        Assert.Contains("line 3 has the code '4', which is not in 0 … 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<DatasetException>(() => CodesFile.Read(Codes, _catalog));
        Assert.Contains("no such file", e.Message, StringComparison.Ordinal);
    }

    private ItemCodes Read(params string[] lines)
    {
        File.WriteAllLines(Codes, lines);
        return CodesFile.Read(Codes, _catalog);
    }

    private static Catalog Catalog(params string[] keys) => new(keys.Select(key => new ItemDescription(key, null, [], null)));
}
