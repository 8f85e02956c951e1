using System.Reflection;
using NetArchTest.Rules;

namespace Tandem.Architecture.Tests;

/// <summary>The order of the folders inside Tandem.Learning: a folder may use those named for it, and itself.</summary>
public class FolderOrderTests
{
    private const string Root = "Tandem.Learning.";

    private static readonly SortedDictionary<string, string[]> _mayUse = new(StringComparer.Ordinal)
    {
        ["Layers"] = [],
        ["Backbones"] = ["Layers"],
        ["Language"] = ["Layers"],
        ["Training"] = ["Layers", "Backbones", "Language"],
        ["Collaboration"] = ["Layers", "Backbones", "Language", "Training"],
        ["Baselines"] = ["Training"],
        ["Successors"] = ["Training", "Baselines"],
        ["Export"] = ["Layers", "Backbones", "Language", "Training", "Collaboration"],
    };

    public static TheoryData<string> Folders => [.. _mayUse.Keys];

    [Fact]
    public void Every_folder_has_its_place_in_the_order()
    {
        // What lies beside the folders is the seam between them: every folder sees it, and it sees them all.
        var found = Product.Types("Tandem.Learning").Where(type => type.Namespace!.StartsWith(Root, StringComparison.Ordinal))
            .Select(type => type.Namespace![Root.Length..].Split('.')[0]);
        Assert.Equal(_mayUse.Keys, found.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_folders_below_it(string folder)
    {
        var others = _mayUse.Keys.Except(_mayUse[folder]).Where(other => other != folder).Select(other => Root + other).ToArray();
        var result = Types.InAssembly(Assembly.Load("Tandem.Learning"))
            .That().ResideInNamespace(Root + folder)
            .ShouldNot().HaveDependencyOnAny(others)
            .GetResult();
        Assert.Empty(result.FailingTypeNames ?? []);
    }
}
