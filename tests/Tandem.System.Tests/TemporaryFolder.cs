namespace Tandem.System.Tests;

/// <summary>A folder that goes with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tandem-").FullName;

    public string this[string name] => global::System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>A raw folder in which every user walks a ring of items: what comes next is certain.</summary>
    public string WriteRing(int users = 120, int items = 40, int length = 12)
    {
        var folder = Directory.CreateDirectory(this["ring"]).FullName;
        var lines = Enumerable.Range(0, users).Select(u =>
            $"{u + 1} " + string.Join(' ', Enumerable.Range(0, length).Select(t => (u * 7 + t) % items + 1)));
        File.WriteAllLines(global::System.IO.Path.Combine(folder, "sequences.txt"), lines);
        return folder;
    }
}
