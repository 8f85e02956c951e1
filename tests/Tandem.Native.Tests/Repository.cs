namespace Tandem.Tests;

/// <summary>The folder that this build came from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tandem.slnx"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException(
            $"no parent of {AppContext.BaseDirectory} holds Tandem.slnx; run the tests where they were built");
    }
}
