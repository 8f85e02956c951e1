using CsCheck;
using Tandem.Data.Sources;
using Tandem.Tests;

namespace Tandem.Data.Tests.Sources;

public sealed class StrayQuotesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("user,item,note\nu,a,5\" x\nv,b,plain\nw,c,9\" y\n")]
    [InlineData("user,item\nu\"1,a\nv,b\nu\"1,c\n")]
    [InlineData("user,item\nu,a\"\nv,b\nw,c\"\n")]
    [InlineData("no\"te,user,item\n,u,a\n,v,b\n\"x, y\",w,c\n")]
    public void A_quote_within_a_field_is_a_character_and_no_row_is_lost(string text) => Assert.Equal(["a", "b", "c"], Items(text));

    [Fact]
    public void Quotes_within_fields_stay_in_the_keys() =>
        Assert.Equal(["u\"1", "5\" disc", "\"q\"", "a,b"],
            [.. Read("user,item\nu\"1,5\" disc\n\"\"\"q\"\"\",\"a,b\"\n").SelectMany(e => new[] { e.User, e.Item })]);

    private static string[] Items(IEnumerable<Interaction> events) => [.. events.Select(e => e.Item.TrimEnd('"'))];

    private string[] Items(string text) => Items(Read(text));

    [Theory]
    [InlineData("user,item,note\nu,a,\"Live\" album\n", "a.csv, line 2: text follows a closing quote;")]
    [InlineData("user,item,note\nu,a,\"Live\nv,b,x\nw,c,\"More\n", "a.csv, line 2: text follows a closing quote on line 4;")]
    [InlineData("user,item,note\nu,a,x\nv,b,\"Live\n", "a.csv, line 3: a quote does not close;")]
    public void A_quote_that_opens_a_field_by_mistake_is_a_fault_with_its_line(string text, string what)
    {
        var fault = Assert.Throws<SourceException>(() => Read(text).Count());
        Assert.StartsWith(what, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_goes_on_over_lines_is_read_and_noted()
    {
        _folder.Write("a.csv", "user,item,note\r\nu,a,\"one\r\ntwo\"\r\nv,b,c\r\n");
        var source = SourceLayout.Detect(_folder.Root)!;
        Assert.Equal(["a", "b"], Items(source.Read()));
        Assert.Contains(source.Notes.Lines, line => line.StartsWith(
            "a.csv: 1 row goes on over lines within quotes, from line 2 on", StringComparison.Ordinal));
    }

    [Fact]
    public void Titles_with_inches_do_not_join_movies()
    {
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n1,7,4,9\n");
        _folder.Write(
            "movies.csv", "movieId,title,genres\n7,3.5\" Floppy (1987),Drama\n8,Calm (1990),Drama\n9,5.25\" Floppy (1981),Comedy\n");
        var items = SourceLayout.Detect(_folder.Root)!.ReadItems();
        Assert.Equal(
            ("3.5\" Floppy (1987)", "Calm (1990)", "5.25\" Floppy (1981)"), (items["7"].Title, items["8"].Title, items["9"].Title));
    }

    /// <summary>Whatever stands in the fields, writing them by RFC 4180 and reading them gives them back.</summary>
    [Fact]
    public void Fields_come_back_as_they_were_written() =>
        Gen.Select(Field, Field, Gen.Bool).Array[1, 20].Sample(rows =>
        {
            var text = "user,item\n" + string.Concat(rows.Select(row => $"{Write(row.Item1, row.Item3)},{Write(row.Item2, row.Item3)}\n"));
            Assert.Equal(rows.Select(row => (row.Item1, row.Item2)), Read(text).Select(e => (e.User, e.Item)));
        }, threads: 1);

    private static Gen<string> Field => Gen.Char["ab,\"\n "].Array[1, 6].Select(letters => new string(letters));

    private static string Write(string field, bool always) => always || field.IndexOfAny([',', '\n']) >= 0 || field[0] == '"'
        ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : field;

    private IEnumerable<Interaction> Read(string text)
    {
        _folder.Write("a.csv", text);
        return new CsvSource(_folder["a.csv"], new()).Read();
    }
}
