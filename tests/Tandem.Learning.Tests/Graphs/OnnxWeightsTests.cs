using Google.Protobuf;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export.Onnx;
using Tandem.Learning.Graphs;
using Tandem.Learning.Layers;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Graphs;

public sealed class OnnxWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_of_an_exported_model_are_those_of_the_model()
    {
        var model = new SequenceModel(9, new SasRec(new() { Width = 8, Window = 5 }, new Noise(1)));
        var path = _folder["model.onnx"];
        OnnxModel.Write(model, path, new() { Name = "n", CatalogVersion = "c" });
        using var file = File.OpenRead(path);
        var read = OnnxWeights.Read(file).ToDictionary(weight => weight.Name);
        const string Name = "backbone.position";
        var position = model.named_parameters().Single(p => p.name == Name).parameter;
        Assert.Equal(position.shape, read[Name].Shape);
        Assert.Equal(Values.Of(position), read[Name].Values);
    }

    [Fact]
    public void Types_and_both_ways_to_write_numbers_are_read_and_others_left_out()
    {
        var tensors = new ProtoMessage()
            .Add(5, Tensor("raw", 1, [2, 1], raw: [0, 0, 128, 63, 0, 0, 0, 64]))
            .Add(5, Tensor("half", 10, [2], raw: [0, 60, 0, 64]))
            .Add(5, Tensor("brain", 16, [1], raw: [128, 63]))
            .Add(5, Tensor("double", 11, [1], raw: BitConverter.GetBytes(1.5)))
            .Add(5, Tensor("numbers", 1, [2]).Add(4, 3f).Add(4, 4f))
            .Add(5, Tensor("integers", 7, [1], raw: new byte[8]));
        var read = Read(Bytes(new ProtoMessage().Add(1, 8).Add(7, tensors)));
        Assert.Equal(["raw", "half", "brain", "double", "numbers"], read.Select(weight => weight.Name));
        Assert.Equal([2L, 1], read[0].Shape);
        Assert.Equal([[1f, 2], [1, 2], [1], [1.5f], [3, 4]], read.Select(weight => weight.Values));
    }

    [Fact]
    public void A_folded_matrix_gets_the_name_of_its_layer_and_its_way_round()
    {
        var graph = new ProtoMessage()
            .Add(1, Node("MatMul", ["x", "12"], "y")).Add(1, Node("Add", ["layer.bias", "y"], "z"))
            .Add(1, Node("MatMul", ["z", "13"], "v"))
            .Add(5, Tensor("layer.bias", 1, [2], raw: new byte[8]))
            .Add(5, Tensor("12", 1, [3, 2]).Add(4, 1f).Add(4, 2f).Add(4, 3f).Add(4, 4f).Add(4, 5f).Add(4, 6f))
            .Add(5, Tensor("13", 1, [1, 1]).Add(4, 7f));
        var read = Read(Bytes(new ProtoMessage().Add(7, graph)));
        Assert.Equal(["layer.bias", "layer.weight", "13"], read.Select(weight => weight.Name));
        Assert.Equal([2L, 3], read[1].Shape);
        Assert.Equal([1f, 3, 5, 2, 4, 6], read[1].Values);

        static ProtoMessage Node(string name, string[] inputs, string output)
        {
            var node = new ProtoMessage();
            foreach (var input in inputs) node.Add(1, input);
            return node.Add(2, output).Add(4, name);
        }
    }

    [Fact]
    public void What_is_no_model_is_refused()
    {
        AssertRefused(new ProtoMessage().Add(1, 8), "no graph");
        AssertRefused(Graph(Tensor("a", 1, [3], raw: new byte[8])), "'a' has 2 numbers, expected the product of its shape, [3]");
        AssertRefused(Graph(Tensor("a", 1, [-1], raw: new byte[4])), "[-1]");
        AssertRefused(Graph(Tensor("a", 1, [long.MaxValue, 4], raw: new byte[4])), "product of its shape");
        AssertRefused(Graph(Tensor("a", 1, [1], raw: new byte[3])), "multiple of 4");
        AssertRefused(Graph(Tensor("a", 1, [1]).Add(13, new ProtoMessage())), "another file");
        AssertRefused(Graph(Tensor("a", 1, [0])).Add(7, new ProtoMessage()), "two graphs");

        static ProtoMessage Graph(ProtoMessage tensor) => new ProtoMessage().Add(7, new ProtoMessage().Add(5, tensor));

        static void AssertRefused(ProtoMessage model, string expected) =>
            Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Read(Bytes(model))).Message);
    }

    [Fact]
    public void Bytes_that_are_cut_off_or_changed_are_refused_or_read_and_never_more()
    {
        var bytes = Bytes(new ProtoMessage().Add(1, 8).Add(7, new ProtoMessage().Add(5, Tensor("w", 1, [2], raw: new byte[8]))));
        for (var i = 0; i < bytes.Length; i++)
        {
            Try(bytes[..i]);
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = bytes.ToArray();
                changed[i] ^= (byte)(1 << bit);
                Try(changed);
            }
        }

        static void Try(byte[] model)
        {
            try
            {
                Read(model);
            }
            catch (InvalidDataException)
            {
                // told, not crashed
            }
        }
    }

    private static ProtoMessage Tensor(string name, int type, long[] shape, byte[]? raw = null)
    {
        var message = new ProtoMessage();
        foreach (var length in shape) message.Add(1, length);
        message.Add(2, type).Add(8, name);
        return raw is null ? message : message.Add(9, new ReadOnlyMemory<byte>(raw));
    }

    private static IReadOnlyList<OnnxWeight> Read(byte[] model)
    {
        using var stream = new MemoryStream(model);
        return OnnxWeights.Read(stream);
    }

    private static byte[] Bytes(ProtoMessage message)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) message.WriteTo(output);
        return stream.ToArray();
    }
}
