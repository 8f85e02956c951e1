using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>MergeNet's adapter as published: T₀ = T, Tᵢ₊₁ = layerᵢ(Tᵢ, S), and the last takes the place of T whole.</summary>
/// <remarks>
/// Its last norm gives every row mean 0 and deviation 1, whatever T's scale was: in the published experiments a batch norm behind the layer
/// undid that. <see cref="ResidualAdapter"/> is for networks that have none.
/// </remarks>
internal sealed class MergeNetAdapter : ParameterAdapter
{
    [ComponentName(Name = "layers")] private readonly ModuleList<MergeNetLayer> _layers;

    /// <param name="target">Rows and columns of T.</param>
    /// <param name="source">Rows and columns of S.</param>
    /// <param name="options">Layers, heads, paths, mix, dropout.</param>
    /// <param name="noise">Source of dropout masks.</param>
    public MergeNetAdapter((int Rows, int Columns) target, (int Rows, int Columns) source, TransferOptions options, Noise noise)
        : base(nameof(MergeNetAdapter))
    {
        _layers = nn.ModuleList([.. Enumerable.Range(0, options.Layers).Select(_ => new MergeNetLayer(target, source, options, noise))]);
        Drops = options.AttentionDropout > 0 || options.OutputDropout > 0;
        RegisterComponents();
    }

    public override bool Replaces => true;

    public override bool Drops { get; }

    internal override Tensor MakeAll(Tensor targets, Tensor source)
    {
        using var scope = NewDisposeScope();
        var T = targets;
        foreach (var layer in _layers) T = layer.forward(T, source);
        return T.MoveToOuterDisposeScope();
    }
}
