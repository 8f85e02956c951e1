namespace Tandem.Data.Published;

/// <summary>A data set that its publisher offers for download.</summary>
/// <param name="Name">The name to ask for.</param>
/// <param name="Content">What is in it, with the counts that the publisher states.</param>
/// <param name="Size">Size of the download as the publisher states it; null: not stated.</param>
/// <param name="Licence">The terms in a line.</param>
/// <param name="Page">Where the publisher tells of it.</param>
/// <param name="Files">What is fetched.</param>
public sealed record PublishedDataset(
    string Name, string Content, string? Size, string Licence, Uri Page, IReadOnlyList<PublishedFile> Files)
{
    /// <summary>The same set from another server.</summary>
    /// <param name="mirror">A folder there with all of the set's files, under the publisher's names.</param>
    public PublishedDataset From(Uri mirror) => this with { Files = [.. Files.Select(file => file.From(mirror))] };
}
