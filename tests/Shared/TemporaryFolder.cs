namespace Tandem.Tests;

/// <summary>An empty folder that lives as long as its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("tandem-tests-").FullName;

    /// <summary>The path of a name within.</summary>
    public string this[string name] => Path.Combine(Root, name);

    public string Write(string file, string text)
    {
        File.WriteAllText(this[file], text);
        return this[file];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
