namespace Tandem.Architecture.Tests;

/// <summary>
/// The order of the folders inside a project: a folder, with those within it, may use those named for it, and itself. "." is what lies
/// beside the folders: at the bottom in Learning and Data, which every folder sees, and at the top in Device and Chat, where apps find it.
/// </summary>
public class FolderOrderTests
{
    private const string Root = ".";

    private static readonly SortedDictionary<string, SortedDictionary<string, string[]>> _mayUse = new(StringComparer.Ordinal)
    {
        ["Tandem.Chat"] = new(StringComparer.Ordinal)
        {
            ["Prompts"] = [],
            ["Calls"] = ["Prompts"],
            ["Clients"] = ["Calls"],
            [Root] = ["Prompts", "Calls", "Clients"],
        },
        ["Tandem.Data"] = new(StringComparer.Ordinal)
        {
            [Root] = [],
            ["Sources"] = [Root],
            ["Published"] = [Root],
            ["Splits"] = [Root],
            ["Batches"] = [Root],
            ["Metrics"] = [Root, "Splits"],
            ["Preparation"] = [Root, "Sources"],
            ["Evaluation"] = [Root, "Metrics", "Preparation", "Splits"],
        },
        ["Tandem.Device"] = new(StringComparer.Ordinal)
        {
            ["Kernels"] = [],
            ["Storage"] = [],
            ["Collaboration"] = ["Kernels"],
            ["Models"] = ["Kernels"],
            ["Backbones"] = ["Kernels", "Models"],
            ["Learning"] = ["Kernels", "Models", "Backbones"],
            ["Items"] = ["Kernels", "Models", "Storage"],
            ["Sessions"] = ["Models", "Storage"],
            [Root] = ["Kernels", "Storage", "Collaboration", "Models", "Backbones", "Learning", "Items", "Sessions"],
            ["Http"] = [Root],
        },
        ["Tandem.Learning"] = new(StringComparer.Ordinal)
        {
            [Root] = [],
            ["Layers"] = [],
            ["Clustering"] = [],
            ["Personalization"] = [Root, "Layers", "Clustering"],
            ["Text"] = [Root, "Layers"],
            ["Graphs"] = ["Layers"],
            ["Backbones"] = [Root, "Layers", "Personalization", "Text", "Graphs"],
            ["Language"] = [Root, "Layers", "Text"],
            ["Transfer"] = [Root, "Layers"],
            ["Training"] = [Root, "Layers", "Clustering", "Personalization", "Text", "Transfer", "Backbones", "Language"],
            ["Classification"] = [Root, "Layers", "Text", "Transfer", "Training"],
            ["Codes"] = [Root, "Layers", "Clustering", "Personalization", "Text", "Backbones", "Language", "Training"],
            ["Tuning"] = [Root, "Layers", "Language", "Training", "Codes"],
            ["Collaboration"] = [Root, "Layers", "Backbones", "Language", "Training"],
            ["Baselines"] = [Root, "Layers", "Text", "Training"],
            ["Successors"] = [Root, "Text", "Backbones", "Training", "Baselines"],
            ["Contents"] = [Root, "Text", "Backbones", "Training", "Baselines", "Successors"],
            ["Runs"] =
            [
                Root, "Layers", "Personalization", "Text", "Transfer", "Graphs", "Backbones", "Language", "Baselines", "Training", "Codes",
                "Tuning", "Successors", "Contents", "Collaboration", "Export",
            ],
            ["Export"] = [Root, "Layers", "Graphs", "Backbones", "Language", "Training", "Collaboration"],
        },
    };

    public static TheoryData<string> Projects => [.. _mayUse.Keys];

    public static TheoryData<string, string> Folders =>
        new(_mayUse.SelectMany(project => project.Value.Keys.Select(folder => (project.Key, folder))));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_has_its_place_in_the_order(string project)
    {
        var found = Product.Namespaces.Namespaces.Where(space => IsOf(project, space)).Select(FolderOf);
        Assert.Equal(_mayUse[project].Keys, found.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_folders_below_it(string project, string folder)
    {
        var found = from space in Product.Namespaces.Namespaces
                    where IsOf(project, space) && FolderOf(space) == folder
                    from use in Product.Namespaces.UsesOf(space)
                    where IsOf(project, use.Key) && FolderOf(use.Key) != folder && !_mayUse[project][folder].Contains(FolderOf(use.Key))
                    select $"{space} uses {use.Key} ({use.Value})";
        Assert.Empty(found);
    }

    /// <summary>A library that stands on another has a name that begins with its own; it is another project.</summary>
    private static bool IsOf(string project, string space) =>
        IsWithin(project, space) && !Product.Libraries.Any(other => other.Length > project.Length && IsWithin(other, space));

    private static bool IsWithin(string outer, string space) => space == outer || space.StartsWith(outer + ".", StringComparison.Ordinal);

    private static string FolderOf(string space) => space.Split('.') is [_, _, var folder, ..] ? folder : Root;
}
