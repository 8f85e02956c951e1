using System.Text.Json.Nodes;
using Tandem.Learning.Training.Search;

namespace Tandem.Learning.Tests.Training.Search;

public class SearchSpaceTests
{
    private const string All = """
        { "training.rate": { "log": [1e-4, 1e-2] }, "dropout": { "values": [0.2, 0.3, 0.5] },
          "loss.budget": { "log2": [256, 4096] }, "training.decay": { "linear": [0, 0.1] }, "loss.masked": { "values": [true, false] } }
        """;

    private static readonly JsonObject _recipe = Object("""
        { "dropout": 0.4, "loss": { "budget": 512, "masked": true, "name": "bce" }, "training": { "rate": 1e-3, "decay": 0.01, "end": null } }
        """);

    [Fact]
    public void Draws_stay_within_what_was_declared()
    {
        foreach (var draw in SearchSpace.Parse(All, "space.json").Draw(seed: 1, count: 200))
        {
            Assert.InRange((double)draw["training.rate"]!, 1e-4, 1e-2);
            Assert.InRange((double)draw["training.decay"]!, 0, 0.1);
            Assert.True((double)draw["dropout"]! is 0.2 or 0.3 or 0.5);
            Assert.True((int)draw["loss.budget"]! is 256 or 512 or 1024 or 2048 or 4096);
        }
    }

    [Fact]
    public void A_log_interval_is_uniform_in_the_logarithm()
    {
        var draws = SearchSpace.Parse("""{ "x": { "log": [1e-4, 1] } }""", "space.json").Draw(seed: 1, count: 2000);
        var below = draws.Count(d => (double)d["x"]! < 1e-2) / 2000.0;
        Assert.InRange(below, 0.45, 0.55); // four standard deviations are 0.045
    }

    [Fact]
    public void Every_choice_is_drawn_about_as_often()
    {
        var draws = SearchSpace.Parse("""{ "x": { "log2": [1, 8] }, "y": { "linear": [0, 1] } }""", "space.json")
            .Draw(seed: 1, count: 2000);
        Assert.All(draws.GroupBy(d => (int)d["x"]!), g => Assert.InRange(g.Count(), 420, 580)); // four standard deviations are 77
        Assert.Equal([1, 2, 4, 8], draws.Select(d => (int)d["x"]!).Distinct().Order());
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_another_does_not()
    {
        var space = SearchSpace.Parse(All, "space.json");
        Assert.Equal(Texts(space.Draw(1, 20)), Texts(space.Draw(1, 20)));
        Assert.Empty(Texts(space.Draw(1, 20)).Intersect(Texts(space.Draw(2, 20))));
        Assert.Equal(Texts(space.Draw(1, 20))[..5], Texts(space.Draw(1, 5)));
    }

    [Fact]
    public void A_further_setting_changes_no_other_ones_values()
    {
        var one = SearchSpace.Parse("""{ "x": { "linear": [0, 1] } }""", "space.json").Draw(1, 10);
        var two = SearchSpace.Parse("""{ "y": { "linear": [0, 1] }, "x": { "linear": [0, 1] } }""", "space.json").Draw(1, 10);
        Assert.Equal(one.Select(d => (double)d["x"]!), two.Select(d => (double)d["x"]!));
    }

    [Fact]
    public void Configurations_differ_and_end_with_the_space()
    {
        var draws = SearchSpace.Parse("""{ "x": { "values": [1, 2, 3] }, "y": { "values": ["a", "b"] } }""", "space.json")
            .Draw(seed: 1, count: 50);
        Assert.Equal(6, Texts(draws).Distinct().Count());
        Assert.Equal(6, draws.Count);
    }

    [Fact]
    public void Values_replace_those_of_the_recipe_and_nothing_else()
    {
        var merged = SearchSpace.Merge(_recipe, Object("""{ "training.rate": 0.5, "loss.masked": false }"""));
        var expected = Object("""
            { "dropout": 0.4, "loss": { "budget": 512, "masked": false, "name": "bce" }, "training": { "rate": 0.5, "decay": 0.01, "end": null } }
            """);
        Assert.True(JsonNode.DeepEquals(expected, merged));
        Assert.Equal(1e-3, (double)_recipe["training"]!["rate"]!);
    }

    [Theory]
    [InlineData("""{ "x": { "log": [1, """, "no JSON")]
    [InlineData("[1, 2]", "expected an object of settings")]
    [InlineData("{}", "expected an object of settings")]
    [InlineData("""{ "x": { "values": [1] }, "x": { "values": [2] } }""", "no JSON")]
    [InlineData("""{ "x": 3 }""", "x: expected one of")]
    [InlineData("""{ "x": { "log": [1, 2], "values": [1] } }""", "x: expected one of")]
    [InlineData("""{ "x": { "gauss": [0, 1] } }""", "'gauss' is unknown; expected one of")]
    [InlineData("""{ "x": { "values": 3 } }""", "'values' needs an array")]
    [InlineData("""{ "x": { "values": [] } }""", "'values' is empty")]
    [InlineData("""{ "x": { "values": [1, null] } }""", "more than numbers, texts")]
    [InlineData("""{ "x": { "values": [0.2, 0.3, 0.2] } }""", "0.2 twice")]
    [InlineData("""{ "x": { "linear": [1] } }""", "two numbers")]
    [InlineData("""{ "x": { "linear": ["a", "b"] } }""", "two numbers")]
    [InlineData("""{ "x": { "linear": [2, 1] } }""", "[2, 1]; expected the lower end first")]
    [InlineData("""{ "x": { "linear": [0, 1e999] } }""", "expected the lower end first")]
    [InlineData("""{ "x": { "log": [0, 1] } }""", "expected both ends above 0")]
    [InlineData("""{ "x": { "log2": [3, 8] } }""", "expected powers of two")]
    [InlineData("""{ "x": { "log2": [0.5, 8] } }""", "expected powers of two")]
    public void A_malformed_space_is_refused_with_one_clear_message(string json, string expected)
    {
        var e = Assert.Throws<SearchException>(() => SearchSpace.Parse(json, "space.json"));
        Assert.StartsWith("space.json: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_in_the_message()
    {
        var e = Assert.Throws<SearchException>(
            () => SearchSpace.Parse("""{ "x": { "log": [0, 1] }, "y": { "values": [] } }""", "space.json"));
        Assert.Contains("x: 'log' from 0", e.Message, StringComparison.Ordinal);
        Assert.Contains("y: 'values' is empty", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_space_that_fits_the_recipe_is_accepted() => SearchSpace.Parse(All, "space.json").Check(_recipe);

    [Theory]
    [InlineData("""{ "training.rat": { "values": [1] } }""",
        "training.rat: the recipe has no 'rat' there; expected one of: rate, decay, end")]
    [InlineData("""{ "dropout.rate": { "values": [1] } }""", "the recipe has no 'rate' there; expected one of: no further settings")]
    [InlineData("""{ "loss": { "values": [1] } }""", "loss: is a group of settings")]
    [InlineData("""{ "dropout": { "values": [0.1, "much"] } }""", "dropout: \"much\" does not fit the recipe's 0.4")]
    [InlineData("""{ "loss.masked": { "values": [1] } }""", "loss.masked: 1 does not fit the recipe's true")]
    [InlineData("""{ "loss.name": { "linear": [0, 1] } }""", "does not fit the recipe's \"bce\"")]
    public void A_space_that_does_not_fit_the_recipe_is_refused(string json, string expected)
    {
        var e = Assert.Throws<SearchException>(() => SearchSpace.Parse(json, "space.json").Check(_recipe));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    private static string[] Texts(IEnumerable<JsonObject> draws) => [.. draws.Select(d => d.ToJsonString())];

    private static JsonObject Object(string json) => (JsonObject)JsonNode.Parse(json)!;
}
