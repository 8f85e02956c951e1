using System.Text.Json.Nodes;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Export.Onnx;
using Tandem.Learning.Layers;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>Kinds of backbones, those from outside of the library among them.</summary>
public class BackboneKindsTests
{
    private static readonly BackboneKind _twice = BackboneKind.Of("test-twice", "twice the last event", new TwiceOptions());

    [Fact]
    public void Recipes_name_a_kind_from_outside_once_it_is_registered()
    {
        // Settings are read before the registration too, as options of JSON are fixed at their first use.
        Assert.IsType<SasRecOptions>(Read("sasrec").Backbone);
        Assert.NotEmpty(ModelKinds.All); // as were the kinds of models
        BackboneKinds.Register(_twice);
        BackboneKinds.Register(_twice); // the same again is no fault
        Assert.Equal("twice the last event", ModelKinds.Find("test-twice").Description);

        var recipe = Read("test-twice", """, "times": 3, "width": 8""");
        Assert.Equal(new TwiceOptions { Times = 3, Width = 8 }, recipe.Backbone);
        Assert.Equal("test-twice", RecipeJson.ToNode(recipe)["backbone"]!["kind"]!.ToString());
        Assert.Equal(recipe, RecipeJson.Read<SequenceRecipe>(RecipeJson.ToNode(recipe)));
        Assert.Equal(
            "settings cannot be read: 'backbone.tims': no setting is called 'tims'; correct the name or the value",
            Assert.Throws<RecipeException>(() => Read("test-twice", """, "tims": 3""")).Message);
        var fault = Assert.Throws<RecipeException>(() => Read("test-twice", """, "pace": "swift" """));
        Assert.Contains("one of: fast, slow", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sasrec", true, true)]
    [InlineData("gru4rec", true, true)]
    [InlineData("hstu", true, true)]
    [InlineData("ttt", true, false)]
    public void The_library_s_own_kinds_are_there(string name, bool onDevice, bool inOnnx)
    {
        var kind = BackboneKinds.Find(name)!;
        Assert.Equal((onDevice, inOnnx), (kind.HasDeviceShape, kind.HasGraph));
        using var backbone = (kind.Defaults with { Width = 8, Window = 4 }).Build(new Noise(1));
        Assert.Equal(name, backbone.Kind);
    }

    [Fact]
    public void A_kind_without_a_device_or_a_graph_says_what_has_one()
    {
        BackboneKinds.Register(_twice);
        using var model = new SequenceModel(5, new TwiceOptions { Width = 8 }.Build(new Noise(1)));
        using var folder = new TemporaryFolder();
        Assert.False(DeviceBundle.CanHold(model));
        var bundle = Assert.Throws<NotSupportedException>(
            () => DeviceBundle.Write(model, folder["bundle"], new() { Name = "n", CatalogVersion = "c" }));
        Assert.Equal("backbone 'test-twice' has no device runtime yet; export one of sasrec, gru4rec, hstu, ttt", bundle.Message);
        var graph = Assert.Throws<NotSupportedException>(
            () => OnnxModel.Write(model, folder["model.onnx"], new() { Name = "n", CatalogVersion = "c" }));
        Assert.Equal("backbone 'test-twice' has no ONNX graph; expected one of: sasrec, gru4rec, hstu", graph.Message);
    }

    [Fact]
    public void A_name_and_a_type_of_settings_belong_to_one_kind()
    {
        BackboneKinds.Register(_twice);
        Refused(BackboneKind.Of("test-twice", "another", new OtherOptions()), "'test-twice' has settings of OtherOptions");
        Refused(BackboneKind.Of("sasrec", "another", new OtherOptions()), "'sasrec' has SasRecOptions");
        Refused(BackboneKind.Of("test-other", "another", new SasRecOptions()), "'sasrec' has SasRecOptions");

        static void Refused(BackboneKind kind, string said) =>
            Assert.Contains(said, Assert.Throws<ArgumentException>(() => BackboneKinds.Register(kind)).Message, StringComparison.Ordinal);
    }

    private static SequenceRecipe Read(string kind, string more = "") => RecipeJson.Read<SequenceRecipe>(JsonNode.Parse(
        $$$"""{"backbone":{"kind":"{{{kind}}}"{{{more}}}},"training":{"epochs":1,"seed":1}}""")!.AsObject());

    public enum Pace
    {
        Fast,
        Slow,
    }

    private sealed record TwiceOptions : BackboneOptions
    {
        public int Times { get; init; } = 2;

        public Pace Pace { get; init; }

        public override Backbone Build(Noise noise) => new Twice(this);
    }

    private sealed record OtherOptions : BackboneOptions
    {
        public override Backbone Build(Noise noise) => throw new NotSupportedException();
    }

    private sealed class Twice(TwiceOptions options) : Backbone("test-twice")
    {
        public override int Width => options.Width;

        public override int Window => options.Window;

        public override Tensor forward(Tensor x) => x.Times(options.Times);
    }
}
