using Tandem.Data.Splits;
using Tandem.Learning.Graphs;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Runs;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Transfer;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Runs;

/// <summary>Pretrained networks as sources of a transfer: by name, and from folders as Hugging Face's libraries write them.</summary>
public sealed class SourceWeightsTests : IDisposable
{
    private const string Layer = "encoder.layer.0.attention.self.query.weight", Words = "embeddings.word_embeddings.weight",
        Places = "embeddings.position_embeddings.weight";

    private static readonly WeightSource _network = new("toy-network", "for tests", () =>
        [new(Words, [6, 2], new float[12]), new(Places, [2, 2], [1, 2, 3, 4]), new(Layer, [2, 2], [5, 6, 7, 8])]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_a_registered_network_layers_are_read_and_tables_where_they_are_asked_for()
    {
        WeightSources.Register(_network);
        Assert.Equal([Layer], Read(new() { From = _network.Name }).Tensors.Keys);
        Assert.Equal(3, Read(new() { From = _network.Name, Adapter = AdapterKind.RowAligned }).Tensors.Count);
        var named = Read(new() { From = _network.Name, Pairs = [new("backbone.x", [Places])] });
        Assert.Equal([1, 2, 3, 4], Assert.Single(named.Tensors).Value.Values);
        Assert.Equal(Read(new() { From = _network.Name }).Hash, Read(new() { From = _network.Name }).Hash);
        Assert.NotEqual(named.Hash, Read(new() { From = _network.Name }).Hash);
    }

    [Theory]
    [InlineData("decoder.block.0.layer.0.SelfAttention.q.weight", true)]
    [InlineData("model.layers.3.mlp.up_proj.weight", true)]
    [InlineData("layer3.0.conv1.weight", true)]
    [InlineData("model.embed_tokens.weight", false)]
    [InlineData("shared.weight", false)]
    [InlineData("transformer.wpe.weight", false)]
    [InlineData("embeddings.token_type_embeddings.weight", false)]
    [InlineData("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", false)]
    public void A_layer_is_told_from_a_table_by_its_name(string name, bool expected) =>
        Assert.Equal(expected, TransferPairs.IsOfLayer(name));

    [Fact]
    public void A_folder_in_shards_is_one_source()
    {
        Write("model-00001-of-00002.safetensors", (Layer, [5, 6, 7, 8]));
        Write("model-00002-of-00002.safetensors", ("b.weight", [1, 2, 3, 4]), (Words, [0, 0, 0, 0]));
        Index($$"""
            "{{Layer}}": "model-00001-of-00002.safetensors", "b.weight": "model-00002-of-00002.safetensors",
            "{{Words}}": "model-00002-of-00002.safetensors"
            """);
        var source = Read(new() { From = _folder.Root });
        Assert.Equal([Layer, "b.weight"], source.Tensors.Keys.OrderDescending(StringComparer.Ordinal));
        Assert.Equal([5, 6, 7, 8], source.Tensors[Layer].Values);

        Write("model.safetensors", (Layer, [5, 6, 7, 8]), ("b.weight", [1, 2, 3, 4])); // the same in one file
        Assert.Equal(source.Hash, Read(new() { From = _folder.Root }).Hash);
    }

    [Fact]
    public void Faults_of_a_folder_are_named()
    {
        Write("a.safetensors", (Layer, [5, 6, 7, 8]));
        Index($"\"{Layer}\": \"a.safetensors\", \"b.weight\": \"b.safetensors\"");
        Assert.Contains("b.safetensors, which is not there", Fault(), StringComparison.Ordinal);
        Write("b.safetensors", ("b.weight", [1, 2, 3, 4]), (Layer, [5, 6, 7, 8])); // one tensor twice
        Assert.Contains($"tensor '{Layer}'", Fault(), StringComparison.Ordinal);

        Write("model.safetensors", (Layer, [5, float.NaN, 7, 8]));
        Assert.Contains("NaN", Assert.Throws<RunException>(() => Read(new() { From = _folder.Root })).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["empty"]);
        var nothing = Assert.Throws<RunException>(() => Read(new() { From = _folder["empty"] }));
        Assert.Contains("neither a run nor a model", nothing.Message, StringComparison.Ordinal);

        string Fault() => Assert.Throws<CheckpointFolderException>(() => Read(new() { From = _folder.Root })).Message;
    }

    private TransferSource Read(TransferOptions options)
    {
        var split = new LeaveOneOut(ToySequences.Cycle(users: 5, items: 9, minEvents: 4, maxEvents: 4));
        return TransferredRun.Read(options, new([], split, Refit: false, MaskSeen: true, RunFolder.Choose(_folder["run"], "train", "x")))!;
    }

    private void Write(string name, params (string Name, float[] Values)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (tensor, values) in tensors) writer.Add<float>(tensor, values, 2, values.Length / 2);
        writer.Save(_folder[name]);
    }

    private void Index(string map) => File.WriteAllText(_folder["model.safetensors.index.json"], $$"""{ "weight_map": { {{map}} } }""");
}
