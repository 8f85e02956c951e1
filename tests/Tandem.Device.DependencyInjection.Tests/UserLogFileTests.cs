namespace Tandem.Device.DependencyInjection.Tests;

public class UserLogFileTests
{
    [Theory]
    [InlineData("ann")]
    [InlineData("../../etc/passwd")]
    [InlineData("C:\\x\\..\\nul")]
    [InlineData("a\0b\n")]
    [InlineData("CON")]
    [InlineData("\uD800")]
    public void Any_text_gives_a_name_of_digits_that_every_file_system_takes(string userId) =>
        Assert.Matches("^[0-9a-f]{64}[.]log$", UserLogFile.NameOf(userId));

    [Fact]
    public void Ids_that_look_alike_have_files_of_their_own()
    {
        // Upper case, spaces, accents composed or not, lone surrogates: all that a file system or an encoding may take for the same.
        string[] ids = ["ann", "Ann", "ANN", "ann ", "é", "e\u0301", "\uD800", "\uDC00", "\uFFFD", "a/b", "a\\b", "a", "ａ"];
        Assert.Equal(ids.Length, ids.Select(UserLogFile.NameOf).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void A_name_never_changes() => // or a user would lose what the file holds
        Assert.Equal("72b4bba5898aab579f0a801d670baee5d3803c64682a26fbff345db311c73851.log", UserLogFile.NameOf("ann"));
}
