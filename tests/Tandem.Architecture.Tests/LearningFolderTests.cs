using NetArchTest.Rules;

namespace Tandem.Architecture.Tests;

/// <summary>The folders of Learning stand on each other in one order.</summary>
public class LearningFolderTests
{
    public static TheoryData<string, string> Order
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var folder in new[] { "Layers", "Backbones", "Language" })
            {
                foreach (var above in new[] { "Personalization", "Transfer", "Collaboration", "Training", "Export" })
                    pairs.Add(folder, above);
            }

            pairs.Add("Layers", "Backbones");
            pairs.Add("Layers", "Language");
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Order))]
    public void A_folder_does_not_depend_on_one_that_stands_on_it(string folder, string above)
    {
        var types = Types.InAssembly(Assemblies.Load("Tandem.Learning")).That().ResideInNamespace($"Tandem.Learning.{folder}");
        Assert.NotEmpty(types.GetTypes());
        var result = types.ShouldNot().HaveDependencyOn($"Tandem.Learning.{above}").GetResult();
        Assert.True(result.IsSuccessful, $"these depend on {above}: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
