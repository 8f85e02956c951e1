using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Codes;

/// <summary>The two halves around what RQ-VAE quantises: layers with relu between them.</summary>
internal sealed class RqVaeNetwork : nn.Module
{
    [ComponentName(Name = "encoder")] private readonly ModuleList<SlotLinear> _encoder;
    [ComponentName(Name = "decoder")] private readonly ModuleList<SlotLinear> _decoder;

    /// <param name="width">D of the vectors.</param>
    /// <param name="options">Inner widths.</param>
    public RqVaeNetwork(int width, RqVaeOptions options) : base(nameof(RqVaeNetwork))
    {
        int[] widths = [width, .. options.Hidden, options.Latent];
        _encoder = Layers(widths);
        _decoder = Layers([.. widths.Reverse()]);
        RegisterComponents();
    }

    /// <summary>[N, D] → [N, latent].</summary>
    public Tensor Encode(Tensor vectors) => Run(_encoder, vectors);

    /// <summary>[N, latent] → [N, D].</summary>
    public Tensor Decode(Tensor latents) => Run(_decoder, latents);

    private static Tensor Run(ModuleList<SlotLinear> layers, Tensor x)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < layers.Count; i++)
        {
            x = layers[i].forward(x);
            if (i + 1 < layers.Count) x = nn.functional.relu(x);
        }

        return x.MoveToOuterDisposeScope();
    }

    private static ModuleList<SlotLinear> Layers(int[] widths) =>
        nn.ModuleList(widths.Zip(widths.Skip(1), (inputs, outputs) => Linears.Xavier(inputs, outputs)).ToArray());
}
