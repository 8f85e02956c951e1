using System.Text.Json.Nodes;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

public class RecipeJsonTests
{
    private static SequenceRecipe Recipe => new()
    {
        Backbone = new SasRecOptions { Width = 48, Heads = 3 },
        Loss = new() { Kind = NextItemLoss.Gbce },
        Training = new() { Epochs = 7, Seed = 5 },
    };

    [Fact]
    public void A_recipe_comes_back_as_it_was_written() =>
        Assert.Equal(Recipe, RecipeJson.Read<SequenceRecipe>(RecipeJson.ToNode(Recipe)));

    [Fact]
    public void A_setting_is_changed_by_its_path()
    {
        var settings = RecipeJson.ToNode(Recipe);
        RecipeJson.Set(settings, "training.optimizer.learningRate", "3e-3");
        RecipeJson.Set(settings, "loss.kind", "fullSoftmax");
        RecipeJson.Set(settings, "backbone.width", "96");
        var read = RecipeJson.Read<SequenceRecipe>(settings);
        Assert.Equal((3e-3, NextItemLoss.FullSoftmax, 96), (read.Training.Optimizer.LearningRate, read.Loss.Kind, read.Backbone.Width));
        Assert.Equal(3, ((SasRecOptions)read.Backbone).Heads);
    }

    [Fact]
    public void Merging_replaces_what_is_named_and_keeps_the_rest()
    {
        var settings = RecipeJson.ToNode(Recipe);
        RecipeJson.Merge(settings, JsonNode.Parse("""{ "training": { "epochs": 9 } }""")!.AsObject());
        var read = RecipeJson.Read<SequenceRecipe>(settings);
        Assert.Equal((9, 5), (read.Training.Epochs, read.Training.Seed));
    }

    [Theory]
    [InlineData("backbone.widht", "96", "widht")]
    [InlineData("loss.kind", "hinge", "'loss.kind': expected one of: sampledSoftmax, ")]
    [InlineData("training.epochs", "many", "'training.epochs': expected a whole number")]
    [InlineData("loss.maskSeen", "1", "'loss.maskSeen': expected true or false")]
    [InlineData("backbone.kind", "lstm", "lstm")]
    [InlineData("training.seed.x", "1", "'seed' is a value")]
    public void A_wrong_name_or_value_is_refused_by_name(string path, string value, string expected)
    {
        var settings = RecipeJson.ToNode(Recipe);
        var e = Assert.Throws<RecipeException>(() =>
        {
            RecipeJson.Set(settings, path, value);
            RecipeJson.Read<SequenceRecipe>(settings);
        });
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
