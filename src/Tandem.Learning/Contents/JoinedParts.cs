using Tandem.Learning.Text;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Contents;

/// <summary>What may join a sequence model's scores, before its weights are chosen.</summary>
/// <param name="Successors">What is counted; null for no counts.</param>
/// <param name="Contents">What items are like, by name; empty for nothing.</param>
/// <param name="Recent">How many of a history's last events the contents read.</param>
/// <param name="Neighbours">Items that lend each other counts; null where none do.</param>
public sealed record JoinedParts(
    SuccessorOptions? Successors, IReadOnlyList<(string Name, ContentRows Rows)> Contents, int Recent, Neighbours? Neighbours)
{
    /// <summary>Name of the titles' vectors.</summary>
    public const string Text = "text";

    /// <summary>Name of the categories' vectors.</summary>
    public const string Category = "category";

    /// <summary>True where nothing joins.</summary>
    public bool IsEmpty => Successors is null && Contents.Count == 0;

    /// <summary>Counts alone.</summary>
    public static JoinedParts Of(SuccessorOptions? successors) => Of(successors, null, null, null);

    /// <summary>What a recipe asks for.</summary>
    /// <param name="successors">Null, or switched off, for no counts.</param>
    /// <param name="text">Null, or switched off, for no text.</param>
    /// <param name="titles">Of the items; null where there are none.</param>
    /// <param name="categories">Of the items; null where there are none.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public static JoinedParts Of(SuccessorOptions? successors, TextOptions? text, ItemVectors? titles, ItemVectors? categories)
    {
        if (text is not null) SettingFaults.ThrowIfAny(text.Validate(), nameof(text));
        var counted = successors is { Enabled: true } ? successors : null;
        if (text is not { Enabled: true }) return new(counted, [], 1, null);
        var contents = new List<(string, ContentRows)>();
        if (text.Score && titles is not null) contents.Add((Text, Reduced(titles, text.Width, text.Whitening)));
        if (text.Categories && categories is not null) contents.Add((Category, Reduced(categories, text.CategoryWidth, whitening: 0)));
        var smooths = counted is not null && text.Neighbours > 0 && titles is not null;
        return new(counted, contents, text.Recent, smooths ? Learning.Text.Neighbours.Of(titles!, text.Neighbours) : null);
    }

    private static ContentRows Reduced(ItemVectors vectors, int width, double whitening)
    {
        var kept = Math.Min(width, vectors.Width);
        return ContentRows.FromTable(PrincipalComponents.Of(vectors, kept).Apply(vectors, whitening).Values, kept);
    }
}
