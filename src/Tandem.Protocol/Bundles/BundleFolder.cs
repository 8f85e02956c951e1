namespace Tandem.Protocol.Bundles;

/// <summary>Puts a finished folder in the place of another.</summary>
internal static class BundleFolder
{
    /// <summary>Fills a temporary sibling, then swaps it in. Until the swap is done, a failure leaves the target as it was.</summary>
    public static void Write(string folder, Action<string> fill)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        RefuseForeign(target);

        var temporary = SiblingOf(target, "new");
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            Swap(temporary, target);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    // No portable call exchanges two folders, so between the two moves a reader finds none: it is refused and tries again.
    private static void Swap(string temporary, string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(temporary, target);
            return;
        }

        var old = SiblingOf(target, "old");
        Directory.Move(target, old);
        try
        {
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }

        Directory.Delete(old, recursive: true);
    }

    private static string SiblingOf(string target, string purpose) => $"{target}.{Path.GetRandomFileName()}.{purpose}";

    // The swap deletes what was there: a mistyped path must not cost a home folder.
    private static void RefuseForeign(string target)
    {
        if (File.Exists(target)) throw new BundleException($"{target} is a file, expected a folder or nothing: choose another path");
        if (!Directory.Exists(target)) return;

        foreach (var entry in Directory.EnumerateFileSystemEntries(target))
        {
            var name = Path.GetFileName(entry);
            if (name != Bundle.ManifestName && !name.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                throw new BundleException(
                    $"{target} holds '{name}', which is no part of a bundle and would be deleted: choose another folder");
            }
        }
    }
}
