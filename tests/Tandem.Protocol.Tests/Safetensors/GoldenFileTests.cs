using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Protocol.Tests.Safetensors;

/// <summary>Files that other programs wrote.</summary>
public class GoldenFileTests
{
    [Fact]
    public void Every_golden_file_is_read_and_survives_being_written_again()
    {
        var paths = Directory.GetFiles(SharedFolder.Require("golden"), "*.safetensors", SearchOption.AllDirectories);
        Assert.NotEmpty(paths);
        foreach (var path in paths)
        {
            var original = SafetensorsFile.Load(path);
            Assert.NotEmpty(original.Tensors);
            var again = RawFile.Parse(Rewrite(original));

            Assert.Equal(original.Metadata, again.Metadata);
            Assert.Equal(original.Tensors.Keys.Order(), again.Tensors.Keys.Order());
            foreach (var (name, tensor) in original.Tensors)
            {
                var copy = again.Get(name, tensor.Shape.AsSpan());
                Assert.Equal(tensor.Type, copy.Type);
                Assert.True(tensor.Bytes.Span.SequenceEqual(copy.Bytes.Span), $"{path}: {name}");
            }
        }
    }

    /// <summary>The F32 logits were computed apart from the F64 ones, so a wrong offset or type in either cannot go unseen.</summary>
    [Theory]
    [InlineData("llama-gqa-bf16", 19, 192)]
    [InlineData("qwen2-bias-sharded", 21, 150)]
    public void Logits_of_both_widths_agree_at_the_last_real_place(string model, int T, int V)
    {
        var file = SafetensorsFile.Load(SharedFolder.Require($"golden/hf/{model}/golden.safetensors"));
        var mask = file.Get("attention_mask", 3, T).As<long>();
        var single = file.Get("logits", 3, T, V).As<float>();
        var wide = file.Get("last_logits_f64", 3, V).As<double>();
        for (var b = 0; b < 3; b++)
        {
            var last = mask.Slice(b * T, T).LastIndexOf(1L);
            var row = single.Slice((b * T + last) * V, V);
            for (var v = 0; v < V; v++) Close.Number(wide[b * V + v], row[v], tolerance: 1e-4);
        }
    }

    private static byte[] Rewrite(SafetensorsFile file)
    {
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Metadata) writer.Metadata[key] = value;
        foreach (var tensor in file.Tensors.Values)
        {
            var shape = tensor.Shape.AsSpan();
            switch (tensor.Type)
            {
                case TensorType.F32: writer.Add(tensor.Name, tensor.As<float>(), shape); break;
                case TensorType.F64: writer.Add(tensor.Name, tensor.As<double>(), shape); break;
                case TensorType.I64: writer.Add(tensor.Name, tensor.As<long>(), shape); break;
                case TensorType.BF16: writer.AddBFloat16(tensor.Name, tensor.ToSingles(), shape); break;
                default: Assert.Fail($"no golden file held {tensor.Type} before: extend this test"); break;
            }
        }

        return writer.ToArray();
    }
}
