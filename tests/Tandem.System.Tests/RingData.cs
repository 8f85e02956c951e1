using Tandem.Tests;

namespace Tandem.System.Tests;

/// <summary>A raw folder in which every user walks a ring of items: what comes next is certain.</summary>
internal static class RingData
{
    public static string WriteRing(this TemporaryFolder folder)
    {
        const int users = 120, items = 40, length = 12;
        var raw = Directory.CreateDirectory(folder["ring"]).FullName;
        var lines = Enumerable.Range(0, users).Select(u =>
            $"{u + 1} " + string.Join(' ', Enumerable.Range(0, length).Select(t => (u * 7 + t) % items + 1)));
        File.WriteAllLines(Path.Combine(raw, "sequences.txt"), lines);
        return raw;
    }
}
