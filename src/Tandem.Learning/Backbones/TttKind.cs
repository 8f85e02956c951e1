using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Backbones;

/// <summary><see cref="Ttt4Rec"/> among the kinds.</summary>
internal static class TttKind
{
    public static BackboneKind Kind { get; } = BackboneKind.BuiltIn<Ttt4Rec>(
        TttShape.KindName, "a small model inside that every event trains", new TttOptions(), Shape, lastState: null);

    private static TttShape Shape(Ttt4Rec backbone, int items, bool usesTimes) => new()
    {
        Items = items,
        Width = backbone.Width,
        Window = backbone.Window,
        Blocks = backbone.Options.Blocks,
        Heads = backbone.Options.Heads,
        Inner = (backbone.Options.Control, backbone.Options.Inner) switch
        {
            (TttControl.LinearAttention, _) => TttInnerForm.LinearAttention,
            (_, TttInner.Mlp) => TttInnerForm.Mlp,
            _ => TttInnerForm.Linear,
        },
        MiniBatch = backbone.Options.MiniBatch,
        FeedForwardWidth = backbone.Options.FeedForwardWidth ?? 4 * backbone.Width,
        BaseRate = backbone.Options.Rate,
        RopeBase = backbone.Options.RopeBase,
        Gate = backbone.Options.Gate,
        ShareQueryKey = backbone.Options.ShareQueryKey,
        PreConvolution = backbone.Options.PreConvolution,
        Decay = backbone.Options.Decay,
        UsesTimes = usesTimes && backbone.Options.Decay,
        Surprise = backbone.Options.Surprise,
        EventValues = backbone.Options.EventValues,
        Frozen = backbone.Options.Control == TttControl.Frozen,
    };
}
