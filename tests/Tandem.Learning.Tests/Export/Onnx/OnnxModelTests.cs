using Tandem.Learning.Backbones;
using Tandem.Learning.Export.Onnx;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Export.Onnx;

/// <summary>Refusals; what the graphs compute is held to Torch in Tandem.Parity.Tests.</summary>
public sealed class OnnxModelTests : IDisposable
{
    private static readonly OnnxOptions _options = new() { Name = "toy", CatalogVersion = "catalogue" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_model_is_the_same_file()
    {
        using var model = Model();
        OnnxModel.Write(model, _folder["first.onnx"], _options);
        OnnxModel.Write(model, _folder["second.onnx"], _options);
        Assert.Equal(File.ReadAllBytes(_folder["first.onnx"]), File.ReadAllBytes(_folder["second.onnx"]));
    }

    [Fact]
    public void An_older_file_is_replaced()
    {
        using var model = Model();
        _folder.Write("model.onnx", "older");
        var summary = OnnxModel.Write(model, _folder["model.onnx"], _options);
        Assert.Equal(summary.Bytes, new FileInfo(_folder["model.onnx"]).Length);
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void A_backbone_without_a_graph_is_refused_by_name()
    {
        using var model = new SequenceModel(9, new Unknown());
        var e = Assert.Throws<NotSupportedException>(() => OnnxModel.Write(model, _folder["model.onnx"], _options));
        Assert.Contains("'mystery'", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Root));
    }

    /// <summary>The second limit leaves room for the weights and none for the graph around them.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_model_beyond_the_limit_of_protobuf_is_refused_with_the_remedy(int weights)
    {
        using var model = Model();
        var limit = 100 + weights * model.parameters().Sum(p => p.numel() * sizeof(float));
        var e = Assert.Throws<NotSupportedException>(
            () => OnnxModel.Write(model, _folder["model.onnx"], _options with { MostBytes = limit }));
        Assert.Contains("model.onnx", e.Message, StringComparison.Ordinal);
        Assert.Contains("fewer items", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Root));

        using var din = new Din(9, new() { Width = 12 }, new Noise(1));
        Assert.Throws<NotSupportedException>(() => OnnxModel.Write(din, _folder["model.onnx"], _options with { MostBytes = 100 }));
    }

    [Fact]
    public void An_export_leaves_no_tensors_behind()
    {
        using var model = Model(normalized: true);
        LiveTensors.AssertKept(() => OnnxModel.Write(model, _folder["model.onnx"], _options));
    }

    private static SequenceModel Model(bool normalized = false) =>
        new(9, new SasRec(new() { Width = 12, Blocks = 2, Heads = 3, Window = 7 }, new Noise(1)), normalized);

    private sealed class Unknown() : Backbone("mystery")
    {
        public override int Width => 12;

        public override int Window => 7;

        public override Tensor forward(Tensor x) => x.alias();
    }
}
