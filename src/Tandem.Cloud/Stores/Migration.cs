using System.Globalization;

namespace Tandem.Cloud.Stores;

/// <summary>One step of a database's schema, run in one transaction.</summary>
/// <param name="Version">The schema's version after it; the first is 1, and none is left out.</param>
/// <param name="Script">SQL.</param>
internal sealed record Migration(int Version, string Script)
{
    /// <summary>All steps for a kind of database, from the scripts that are part of this assembly.</summary>
    /// <param name="database">The folder within Stores.</param>
    public static IReadOnlyList<Migration> Of(string database)
    {
        var folder = $"Stores/{database}/Migrations/";
        var assembly = typeof(Migration).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(Read)];

        Migration Read(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return new(int.Parse(Path.GetFileNameWithoutExtension(name), CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }

    /// <summary>The steps that a database of a version lacks.</summary>
    /// <exception cref="StoreException">Its version is newer than the last step.</exception>
    public static IEnumerable<Migration> After(IReadOnlyList<Migration> all, int version, string where) => version <= all[^1].Version
        ? all.Where(step => step.Version > version)
        : throw new StoreException(
            $"{where} has schema version {version}, this program knows {all[^1].Version} at most; nothing was changed, use the newer one");
}
