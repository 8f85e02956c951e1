using System.Text.Json.Nodes;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

public class SettingsDifferenceTests
{
    [Theory]
    [InlineData("""{ "a": 1, "b": { "c": "x" } }""", """{ "b": { "c": "x" }, "a": 1.0 }""", null)]
    [InlineData("""{ "a": 1e-8 }""", """{ "a": 0.00000001 }""", null)]
    [InlineData("null", "null", null)]
    [InlineData("""{ "a": 1, "b": { "c": "x" } }""", """{ "a": 1, "b": { "c": "y" } }""", "b.c: the run has x, the command y")]
    [InlineData("""{ "a": 1, "b": 2 }""", """{ "b": 3, "a": 4 }""", "a: the run has 1, the command 4")]
    [InlineData("""{ "a": 1 }""", """{ "a": 1, "b": null }""", "b: the run has nothing, the command null")]
    [InlineData("""{ "a": { "b": true } }""", """{ "a": {} }""", "a.b: the run has true, the command nothing")]
    [InlineData("""{ "a": { "b": 1 } }""", """{ "a": 1 }""", """a: the run has { "b": 1 }, the command 1""")]
    [InlineData("""{ "a": [1, 2] }""", """{ "a": [1, 3] }""", "a: the run has [1, 2], the command [1, 3]")]
    [InlineData("\"x\"", "\"y\"", "settings: the run has x, the command y")]
    public void The_first_place_is_named(string kept, string asked, string? expected) =>
        Assert.Equal(expected?.Replace(" ", ""),
            SettingsDifference.Find(JsonNode.Parse(kept), JsonNode.Parse(asked))?.Describe("the run").Replace(" ", ""));

    [Fact]
    public void Long_values_are_cut_off()
    {
        var difference = SettingsDifference.Find(JsonValue.Create(new string('x', 1000)), JsonValue.Create("y"))!;
        Assert.Equal(new string('x', 60) + "…", difference.Kept);
    }
}
