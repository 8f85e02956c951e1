using System.Text.RegularExpressions;

namespace Tandem.Architecture.Tests;

/// <summary>Links between the repository's texts lead somewhere, and README leads to all of docs.</summary>
public partial class DocumentationTests
{
    private static readonly string _root = Product.Repository;

    public static TheoryData<string> Texts =>
    [
        .. new[] { _root, "docs", "samples", "src", "bench" }
            .SelectMany(folder => Directory.EnumerateFiles(
                Path.Combine(_root, folder), "*.md", folder == _root ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(_root, path)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_link_leads_to_a_file_and_a_heading(string text)
    {
        var path = Path.Combine(_root, text);
        var broken = Links(path).Where(link => !Leads(path, link)).ToArray();
        Assert.Empty(broken);
    }

    [Fact]
    public void README_leads_to_every_text_of_docs()
    {
        var linked = Links(Path.Combine(_root, "README.md")).Select(link => link.Split('#')[0]).ToHashSet(StringComparer.Ordinal);
        var missing = Directory.EnumerateFiles(Path.Combine(_root, "docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Where(
            doc => !linked.Contains(doc));
        Assert.Empty(missing);
    }

    private static IEnumerable<string> Links(string path) =>
        Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).Where(
            link => !link.Contains("://", StringComparison.Ordinal));

    private static bool Leads(string from, string link)
    {
        var parts = link.Split('#');
        var target = parts[0].Length == 0 ? from : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, parts[0]));
        if (!File.Exists(target) && !Directory.Exists(target)) return false;
        return parts.Length == 1 || Heading().Matches(File.ReadAllText(target)).Any(heading => Anchor(heading.Groups[1].Value) == parts[1]);
    }

    /// <summary>As the usual viewers name a heading: small letters, words joined by hyphens, nothing else.</summary>
    private static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"(?<!`)\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
