using Tandem.Learning.Backbones;
using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Export;

/// <summary>The dimensions by which a device allocates a trained model.</summary>
internal static class DeviceShape
{
    /// <summary>True where the device has a runtime for such a backbone.</summary>
    public static bool Knows(Backbone backbone) => backbone is SasRec or Gru4Rec or Hstu or Ttt4Rec;

    /// <param name="model">A sequence model.</param>
    /// <param name="usesTimes">True where it was trained with the times of events.</param>
    /// <exception cref="NotSupportedException">The device has no runtime for its backbone.</exception>
    public static BackboneShape Of(SequenceModel model, bool usesTimes) => model.Backbone switch
    {
        SasRec backbone => Of(backbone, model),
        Gru4Rec backbone => Of(backbone, model),
        Hstu backbone => Of(backbone, model, usesTimes),
        Ttt4Rec backbone => Of(backbone, model, usesTimes),
        var other => throw new NotSupportedException($"backbone '{other.Kind}' has no device runtime yet; export one of {string.Join(", ", BackboneShapes.Kinds)}"),
    };

    /// <param name="model">A trained DIN.</param>
    public static DinShape Of(Din model) => new()
    {
        Items = model.ItemCount,
        Width = model.Options.Width,
        Window = model.Window,
        AttentionHidden = model.Options.AttentionHidden,
        Hidden = model.Options.Hidden,
        LastHidden = model.Options.LastHidden,
    };

    private static SasRecShape Of(SasRec backbone, SequenceModel model) => new()
    {
        Items = model.ItemCount,
        Width = backbone.Width,
        Window = backbone.Window,
        Normalized = model.Normalized,
        Blocks = backbone.Options.Blocks,
        Heads = backbone.Options.Heads,
        Inner = backbone.Options.FeedForwardMultiple * backbone.Width,
        Block = (backbone.Options.Block, backbone.Options.Activation) switch
        {
            (SasRecBlockKind.Ligr, _) => SasRecBlockForm.Ligr,
            (_, FeedForwardActivation.Gelu) => SasRecBlockForm.Gelu,
            _ => SasRecBlockForm.Relu,
        },
    };

    private static Gru4RecShape Of(Gru4Rec backbone, SequenceModel model) => new()
    {
        Items = model.ItemCount,
        Width = backbone.Width,
        Window = backbone.Window,
        Normalized = model.Normalized,
        Layers = backbone.Options.Layers,
        Hidden = backbone.Options.Hidden ?? backbone.Width,
    };

    private static HstuShape Of(Hstu backbone, SequenceModel model, bool usesTimes) => new()
    {
        Items = model.ItemCount,
        Width = backbone.Width,
        Window = backbone.Window,
        Normalized = model.Normalized,
        Blocks = backbone.Options.Blocks,
        Heads = backbone.Options.Heads,
        AttentionWidth = backbone.Options.AttentionWidth,
        LinearWidth = backbone.Options.LinearWidth,
        TimeBuckets = backbone.Options.TimeBuckets,
        UsesTimes = usesTimes,
    };

    private static TttShape Of(Ttt4Rec backbone, SequenceModel model, bool usesTimes) => new()
    {
        Items = model.ItemCount,
        Width = backbone.Width,
        Window = backbone.Window,
        Normalized = model.Normalized,
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
