using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Backbones;

/// <summary><see cref="SasRec"/> among the kinds.</summary>
internal static class SasRecKind
{
    public static BackboneKind Kind { get; } = BackboneKind.BuiltIn<SasRec>(
        SasRecShape.KindName, "self-attention over the history", new SasRecOptions(), Shape,
        (backbone, history) => SasRecGraph.LastState(history.Layers, backbone.Options, history.Rows, history.Steps));

    private static SasRecShape Shape(SasRec backbone, int items, bool usesTimes) => new()
    {
        Items = items,
        Width = backbone.Width,
        Window = backbone.Window,
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
}
