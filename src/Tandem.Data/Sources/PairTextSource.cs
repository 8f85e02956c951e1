namespace Tandem.Data.Sources;

/// <summary>
/// A folder with <c>interactions.txt</c>, or that text under another name: a line per event, <c>user item</c>, each user's oldest first,
/// without times, as SASRec's authors and their followers publish their sets (https://github.com/kang205/SASRec). Users and items are whole
/// numbers from 0.
/// </summary>
/// <param name="folder">The folder; its own name becomes the data set's.</param>
/// <param name="interactions">
/// Path of the text; null (default): <c>interactions.txt</c> or <c>interactions.txt.gz</c> in the folder.
/// </param>
public sealed class PairTextSource(string folder, string? interactions = null) : IInteractionSource
{
    internal const string InteractionsFile = "interactions.txt";

    /// <inheritdoc/>
    public string Name { get; } = SourceLayout.FolderName(folder);

    /// <inheritdoc/>
    public bool HasTimes => false;

    /// <inheritdoc/>
    public bool HasValues => false;

    /// <inheritdoc/>
    public IEnumerable<Interaction> Read()
    {
        var lines = new SourceLines(interactions ?? SourceFile.Require(folder, InteractionsFile), "'user item'");
        foreach (var fields in lines.ReadFields(" ", minFields: 2, maxFields: 2))
            yield return new Interaction(lines.Key(fields[0], "user"), lines.Key(fields[1], "item"), Time: 0, Value: 1);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ItemDescription> ReadItems() => new Dictionary<string, ItemDescription>();
}
