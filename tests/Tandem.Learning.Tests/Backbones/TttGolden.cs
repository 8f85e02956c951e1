using Tandem.Learning.Backbones;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

/// <summary>The reference layer's parameters, inputs and results in the shared folder, under our names and in float64.</summary>
internal sealed class TttGolden
{
    public const int Width = 32;
    private const int Heads = 2;
    private const string Layer = "seq_modeling_block.";

    private readonly SafetensorsFile _parameters;
    private readonly SafetensorsFile _outputs;
    private readonly SafetensorsFile _inputs;

    private TttGolden(string folder, string name)
    {
        _parameters = SafetensorsFile.Load(Path.Combine(folder, $"{name}.params.safetensors"));
        _outputs = SafetensorsFile.Load(Path.Combine(folder, $"{name}.outputs.safetensors"));
        _inputs = SafetensorsFile.Load(Path.Combine(folder, "inputs.safetensors"));
        Options = new()
        {
            Width = Width,
            Heads = Heads,
            Inner = name.StartsWith("mlp", StringComparison.Ordinal) ? TttInner.Mlp : TttInner.Linear,
            BaseRate = name.StartsWith("mlp", StringComparison.Ordinal) ? 0.5 : 1,
            RopeBase = 10_000,
            FeedForwardWidth = 48,
            ShareQueryKey = name.EndsWith("shareqk", StringComparison.Ordinal),
        };
    }

    /// <summary>Those of the reference, but for the mini-batch.</summary>
    public TttOptions Options { get; }

    /// <summary>Skips the running test where the shared folder is absent.</summary>
    public static TttGolden Open(string name) => new(SharedFolder.Require("golden/ttt"), name);

    public Tensor Input(string name) => Wide(_inputs, name);

    public Tensor Output(string name) => Wide(_outputs, name);

    public TttLayer CreateLayer(int miniBatch)
    {
        var layer = new TttLayer(Options with { MiniBatch = miniBatch });
        Fill(layer, prefix: "", miniBatch);
        return layer;
    }

    public TttBlock CreateBlock(int miniBatch)
    {
        var block = new TttBlock(Options with { MiniBatch = miniBatch });
        Fill(block, prefix: "ttt.", miniBatch);
        return block;
    }

    /// <summary>A gradient of the reference under the name of one of our layer's parameters.</summary>
    public Tensor Gradient(string parameter) =>
        Ours(parameter, name => Wide(_outputs, $"b8.layer.grad21.{name[Layer.Length..]}")).reshape(-1);

    private void Fill(nn.Module module, string prefix, int miniBatch)
    {
        module.to(ScalarType.Float64);
        using var mode = no_grad();
        foreach (var (name, parameter) in module.named_parameters())
        {
            var own = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : $"block.{name}";
            var value = Ours(own, theirs => Wide(_parameters, theirs));
            if (own == "scale_offset") value = value.narrow(0, 0, miniBatch);
            parameter.copy_(value.reshape(parameter.shape));
        }
    }

    private Tensor Ours(string name, Func<string, Tensor> read) => name switch
    {
        "qkv.weight" when Options.ShareQueryKey => cat([read($"{Layer}q_proj.weight"), read($"{Layer}v_proj.weight")]),
        "qkv.weight" => cat([read($"{Layer}q_proj.weight"), read($"{Layer}k_proj.weight"), read($"{Layer}v_proj.weight")]),
        "query_convolution.weight" => read($"{Layer}conv_q.weight"),
        "query_convolution.bias" => read($"{Layer}conv_q.bias"),
        "key_convolution.weight" => read($"{Layer}conv_k.weight"),
        "key_convolution.bias" => read($"{Layer}conv_k.bias"),
        "rate.weight" => read($"{Layer}learnable_ttt_lr_weight"),
        "rate.bias" => read($"{Layer}learnable_ttt_lr_bias"),
        "scale_offset" => read($"{Layer}learnable_token_idx"),
        "inner.weight" or "inner.expand_weight" => read($"{Layer}W1"),
        "inner.bias" or "inner.expand_bias" => read($"{Layer}b1"),
        "inner.contract_weight" => read($"{Layer}W2"),
        "inner.contract_bias" => read($"{Layer}b2"),
        "inner.norm.weight" => read($"{Layer}ttt_norm_weight"),
        "inner.norm.bias" => read($"{Layer}ttt_norm_bias"),
        "norm.weight" => read($"{Layer}post_norm.weight"),
        "norm.bias" => read($"{Layer}post_norm.bias"),
        "output.weight" => read($"{Layer}o_proj.weight"),
        "block.ttt_norm.weight" => read("seq_norm.weight"),
        "block.feed_forward_norm.weight" => read("ffn_norm.weight"),
        "block.expand.weight" => cat([read("mlp.gate_proj.weight"), read("mlp.up_proj.weight")]),
        "block.contract.weight" => read("mlp.down_proj.weight"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "the reference has no such parameter"),
    };

    private static Tensor Wide(SafetensorsFile file, string name)
    {
        var entry = file.Tensors[name];
        var values = entry.Type == TensorType.F64 ? entry.As<double>().ToArray() : Array.ConvertAll(entry.ToSingles(), v => (double)v);
        return tensor(values, [.. entry.Shape.Select(n => (long)n)]);
    }
}
