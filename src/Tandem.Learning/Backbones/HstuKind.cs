using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Backbones;

/// <summary><see cref="Hstu"/> among the kinds.</summary>
internal static class HstuKind
{
    public static BackboneKind Kind { get; } = BackboneKind.BuiltIn<Hstu>(
        HstuShape.KindName, "pointwise attention with biases of place and time", new HstuOptions(), Shape,
        (backbone, history) => HstuGraph.LastState(history.Layers, backbone.Options, history.Rows, history.Steps, history.Times));

    private static HstuShape Shape(Hstu backbone, int items, bool usesTimes) => new()
    {
        Items = items,
        Width = backbone.Width,
        Window = backbone.Window,
        Blocks = backbone.Options.Blocks,
        Heads = backbone.Options.Heads,
        AttentionWidth = backbone.Options.AttentionWidth,
        LinearWidth = backbone.Options.LinearWidth,
        TimeBuckets = backbone.Options.TimeBuckets,
        UsesTimes = usesTimes,
    };
}
