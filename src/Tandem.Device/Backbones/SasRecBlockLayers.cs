using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>The layers of one block of SASRec.</summary>
internal sealed class SasRecBlockLayers
{
    public SasRecBlockLayers(ParameterLayout layout, string name, SasRecShape shape)
    {
        var (D, isGated) = (shape.Width, shape.Block == SasRecBlockForm.Ligr);
        AttentionNorm = NormLayer.Add(layout, $"{name}.attention_norm", D);
        Qkv = LinearLayer.Add(layout, $"{name}.qkv", D, 3 * D);
        (Query, Key, Value) = (Qkv.Part(0, D), Qkv.Part(D, D), Qkv.Part(2 * D, D));
        Output = LinearLayer.Add(layout, $"{name}.output", D, D);
        FeedForwardNorm = NormLayer.Add(layout, $"{name}.feed_forward_norm", D);
        Expand = LinearLayer.Add(layout, $"{name}.expand", D, isGated ? 2 * shape.Inner : shape.Inner, hasBias: !isGated);
        Contract = LinearLayer.Add(layout, $"{name}.contract", shape.Inner, D, hasBias: !isGated);
        if (!isGated) return;
        AttentionGate = LinearLayer.Add(layout, $"{name}.attention_gate", D, D);
        FeedForwardGate = LinearLayer.Add(layout, $"{name}.feed_forward_gate", D, D);
    }

    public NormLayer AttentionNorm { get; }

    /// <summary>Queries, keys and values as one layer.</summary>
    public LinearLayer Qkv { get; }

    public LinearLayer Query { get; }

    public LinearLayer Key { get; }

    public LinearLayer Value { get; }

    public LinearLayer Output { get; }

    public NormLayer FeedForwardNorm { get; }

    /// <summary>W₁; in LiGR's blocks W₁ above W₂ of SwiGLU.</summary>
    public LinearLayer Expand { get; }

    public LinearLayer Contract { get; }

    /// <summary>G₁ of LiGR's blocks.</summary>
    public LinearLayer AttentionGate { get; }

    /// <summary>G₂ of LiGR's blocks.</summary>
    public LinearLayer FeedForwardGate { get; }
}
