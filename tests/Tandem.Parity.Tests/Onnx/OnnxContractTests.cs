using Microsoft.ML.OnnxRuntime;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export.Onnx;
using Tandem.Learning.Graphs;
using Tandem.Learning.Layers;
using Tandem.Tests;

namespace Tandem.Parity.Tests.Onnx;

/// <summary>What docs/onnx.md promises of a file, as ONNX Runtime reads it.</summary>
public class OnnxContractTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sequence_model_takes_history_and_candidates_and_times_where_asked_for(bool times)
    {
        using var pair = new OnnxPair(new HstuOptions { Width = 13, Window = 9 }, times: times);
        string[] inputs = times
            ? ["history int64 [1, T]", "times int64 [1, T]", "candidates int64 [N]"]
            : ["history int64 [1, T]", "candidates int64 [N]"];
        Assert.Equal(inputs, pair.Summary.Inputs.Select(port => port.ToString()));
        Assert.Equal(["state float32 [13]", "scores float32 [N]"], pair.Summary.Outputs.Select(port => port.ToString()));
        Assert.Equal(inputs.Order(StringComparer.Ordinal), Describe(pair.Onnx.Inputs));
        Assert.Equal(["scores float32 [N]", "state float32 [13]"], Describe(pair.Onnx.Outputs));
    }

    [Theory]
    [InlineData("sasrec")]
    [InlineData("gru4rec")]
    public void A_backbone_without_times_has_no_such_input(string kind)
    {
        BackboneOptions options = kind == "sasrec" ? new SasRecOptions { Width = 8 } : new Gru4RecOptions { Width = 8 };
        using var pair = new OnnxPair(options, times: true);
        Assert.Equal(["candidates int64 [N]", "history int64 [1, T]"], Describe(pair.Onnx.Inputs));
    }

    [Fact]
    public void A_backbone_without_a_graph_is_refused_in_one_line_and_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        using var model = new SequenceModel(OnnxPair.Items, new Ttt4Rec(new() { Width = 8 }, new Noise(1)));
        var options = new OnnxOptions { Name = "ttt", CatalogVersion = "catalogue" };
        var e = Assert.Throws<NotSupportedException>(() => OnnxModel.Write(model, folder["ttt.onnx"], options));
        Assert.Equal("backbone 'ttt' has no ONNX graph; expected one of: sasrec, gru4rec, hstu", e.Message);
        Assert.False(File.Exists(folder["ttt.onnx"]));
    }

    [Fact]
    public void Din_gives_scores_alone()
    {
        using var folder = new TemporaryFolder();
        using var din = new Din(OnnxPair.Items, new() { Width = 8 }, new Noise(1));
        OnnxModel.Write(din, folder["din.onnx"], new() { Name = "din", CatalogVersion = "catalogue" });
        using var onnx = new OnnxRuntimeModel(folder["din.onnx"]);
        Assert.Equal(["candidates int64 [N]", "history int64 [1, T]"], Describe(onnx.Inputs));
        Assert.Equal(["scores float32 [N]"], Describe(onnx.Outputs));
        Assert.Equal("din", onnx.Metadata.CustomMetadataMap["tandem.kind"]);
    }

    [Fact]
    public void A_file_says_what_it_is()
    {
        using var pair = new OnnxPair(new SasRecOptions { Width = 16, Window = 9 });
        var metadata = pair.Onnx.Metadata;
        Assert.Equal(("tandem", "pair"), (metadata.ProducerName, metadata.GraphName));
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["tandem.catalog"] = "catalogue",
                ["tandem.items"] = "40",
                ["tandem.kind"] = "sasrec",
                ["tandem.width"] = "16",
                ["tandem.window"] = "9",
            },
            new SortedDictionary<string, string>(metadata.CustomMetadataMap, StringComparer.Ordinal));
        Assert.Equal(new FileInfo(pair.Path).Length, pair.Summary.Bytes);
    }

    [Fact]
    public void An_id_beyond_the_catalogue_is_refused_by_the_runtime()
    {
        using var pair = new OnnxPair(new SasRecOptions { Width = 16, Window = 9 });
        Assert.Throws<OnnxRuntimeException>(() => pair.Onnx.Run([1, OnnxPair.Items + 1], [1]));
        Assert.Throws<OnnxRuntimeException>(() => pair.Onnx.Run([1, 2], [OnnxPair.Items + 1]));
    }

    private static IEnumerable<string> Describe(IReadOnlyDictionary<string, NodeMetadata> ports) => ports
        .Select(port => new OnnxPort(port.Key, port.Value.ElementType == typeof(long) ? "int64" : "float32", Axes(port.Value)).ToString())
        .Order(StringComparer.Ordinal);

    private static string[] Axes(NodeMetadata port) =>
        [.. port.Dimensions.Zip(port.SymbolicDimensions, (length, letter) => length < 0 ? letter : $"{length}")];
}
