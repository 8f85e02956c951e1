namespace Tandem.Tests;

/// <summary>
/// The folder of golden data and data sets, too large for the repository: <c>shared</c> in any parent of the test program, or
/// wherever the environment variable <c>TANDEM_SHARED</c> says.
/// </summary>
internal static class SharedFolder
{
    private const string Variable = "TANDEM_SHARED";

    /// <summary>The full path of a file or folder in the shared folder, or null where it is absent.</summary>
    /// <param name="relative">Path within the shared folder, for instance <c>golden/ttt</c>.</param>
    public static string? Find(string relative) =>
        Candidates().Select(folder => Path.Combine(folder, relative)).FirstOrDefault(Path.Exists);

    /// <summary>As <see cref="Find"/>, but skips the running test visibly where it is absent.</summary>
    public static string Require(string relative)
    {
        var path = Find(relative);
        if (path is null) Assert.Skip($"shared/{relative} was not found in a parent folder; set {Variable} to the shared folder.");
        return path;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) yield return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "shared");
    }
}
