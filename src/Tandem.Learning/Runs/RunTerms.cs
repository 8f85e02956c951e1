using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Personalization;

namespace Tandem.Learning.Runs;

/// <summary>What a run's items are like, for weights that are made from it: one assignment for all backbones.</summary>
internal static class RunTerms
{
    /// <summary>Of the catalogue's categories, or of the codes that the settings name, which are then kept in the run's folder.</summary>
    /// <param name="options">The settings; null where there are none.</param>
    /// <param name="catalog">The items.</param>
    /// <param name="folder">Of the run; null to keep nothing.</param>
    /// <returns>Null where nothing reads it.</returns>
    /// <exception cref="RunException">No item has a category, and no codes are named.</exception>
    /// <exception cref="DatasetException">The file of codes is damaged, or of another catalogue.</exception>
    public static ItemTerms? Of(ParameterOptions? options, Catalog catalog, string? folder)
    {
        if (options is not { ReadsTerms: true }) return null;
        if (options.ItemCodes is not { } path) return OfCategories(catalog);
        var codes = CodesFile.Read(path, catalog);
        if (folder is not null) CodesFile.Save(Path.Combine(folder, TrainingJob.CodesFile), codes, catalog);
        return OfCodes(codes);
    }

    /// <summary>What <see cref="Of"/> found when the run was trained.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static ItemTerms? Load(ParameterOptions? options, Catalog catalog, string folder) =>
        options is { ReadsTerms: true, ItemCodes: not null }
        ? OfCodes(CodesFile.Read(Path.Combine(folder, TrainingJob.CodesFile), catalog))
        : Of(options, catalog, folder: null);

    private static ItemTerms OfCategories(Catalog catalog)
    {
        var labels = Enumerable.Range(1, catalog.Count).SelectMany(item => catalog[item].Categories)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (labels.Length == 0)
        {
            throw new RunException(
                $"parameters: none of the {catalog.Count} items has a category, from which solid's semantic branch would read what they "
                    + "are like; learn codes with 'tandem codes learn --out FILE' and set parameters.itemCodes to the file");
        }

        var places = labels.Select((label, place) => (label, place)).ToDictionary(x => x.label, x => x.place, StringComparer.Ordinal);
        return new(labels.Length, [.. Enumerable.Range(1, catalog.Count)
            .Select(item => (IReadOnlyList<int>)[.. catalog[item].Categories.Select(label => places[label])])]);
    }

    /// <summary>A term for each code of each level.</summary>
    private static ItemTerms OfCodes(ItemCodes codes) => new(codes.Levels * codes.CodebookSize, [.. Enumerable.Range(1, codes.Items)
        .Select(item => (IReadOnlyList<int>)[.. codes[item].ToArray().Select((code, level) => level * codes.CodebookSize + code)])]);
}
