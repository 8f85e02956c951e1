using Tandem.Data;
using Tandem.Learning.Text;
using Tandem.Learning.Training;

namespace Tandem.Learning.Runs;

/// <summary>What is known of a data set's items by their text.</summary>
/// <param name="Titles">Their vectors.</param>
/// <param name="Categories">Their vectors; null where no item has a category.</param>
internal sealed record ItemText(ItemVectors Titles, ItemVectors? Categories)
{
    /// <summary>Refuses to use the text of items that have none; nothing is written yet.</summary>
    /// <exception cref="TextException">No item has a title.</exception>
    public static void Require(TextOptions? options, Catalog catalog)
    {
        if (options is { Enabled: true }) _ = new DistinctTitles(catalog);
    }

    /// <summary>What an item table starts from; null where a recipe does not ask for it.</summary>
    /// <param name="options">Of the recipe.</param>
    /// <param name="text">As <see cref="Read"/> gave it.</param>
    /// <param name="width">Of the table.</param>
    public static ItemVectors? StartOf(TextOptions? options, ItemText? text, int width) =>
        options is { Start: true } ? text?.Titles.Start(width, options.StartDeviation) : null;

    /// <summary>Reads or makes what a recipe asks for; null where it asks for nothing.</summary>
    /// <param name="options">Null, or switched off, for nothing.</param>
    /// <param name="job">Its data set, seed and folders.</param>
    /// <param name="progress">Who watches.</param>
    /// <param name="cancel">Stops between two batches of titles.</param>
    /// <exception cref="TextException">No item has a title, a file cannot be used, or the encoder gives no vectors.</exception>
    public static ItemText? Read(TextOptions? options, TrainingJob job, IRunProgress progress, CancellationToken cancel)
    {
        if (options is not { Enabled: true }) return null;
        var catalog = job.Dataset.Catalog;
        var hasCategories = options.Categories && Enumerable.Range(1, catalog.Count).Any(item => catalog[item].Categories.Count > 0);
        var text = new ItemText(
            job.VectorsOf(options.Source, progress, cancel), hasCategories ? CategoryVectors.Of(catalog, options.CategoryWidth) : null);
        return options.Shuffled
            ? new(text.Titles.Shuffled(job.Dataset.Seed), text.Categories?.Shuffled(job.Dataset.Seed))
            : text;
    }
}
