namespace Tandem.Architecture.Tests;

/// <summary>Lines end within 140 characters, as .editorconfig says; texts within raw string literals are what they are.</summary>
public class LineLengthTests
{
    private const int Longest = 140;
    private const string Raw = "\"\"\"";

    [Fact]
    public void No_line_of_code_is_longer_than_the_house_allows()
    {
        string[] folders = ["src", "tests", "bench", "samples", "eng", ".ci"];
        var files = folders.SelectMany(folder => Directory.EnumerateFiles(
                Path.Combine(Product.Repository, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")).ToArray();
        Assert.True(files.Length > 500, $"only {files.Length} files were found");
        Assert.Empty(files.SelectMany(TooLong));
    }

    private static IEnumerable<string> TooLong(string path)
    {
        var isRaw = false;
        foreach (var (number, line) in File.ReadLines(path).Index())
        {
            if (!isRaw && line.Length > Longest && !line.Contains(Raw, StringComparison.Ordinal)) yield return $"{path}, line {number + 1}";
            if ((line.Split(Raw).Length - 1) % 2 == 1) isRaw = !isRaw;
        }
    }
}
