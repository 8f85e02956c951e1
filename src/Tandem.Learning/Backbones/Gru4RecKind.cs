using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Backbones;

/// <summary><see cref="Gru4Rec"/> among the kinds.</summary>
internal static class Gru4RecKind
{
    public static BackboneKind Kind { get; } = BackboneKind.BuiltIn<Gru4Rec>(
        Gru4RecShape.KindName, "a recurrent network over the history", new Gru4RecOptions(), Shape,
        (backbone, history) => Gru4RecGraph.LastState(history.Layers, backbone.Options, history.Rows));

    private static Gru4RecShape Shape(Gru4Rec backbone, int items, bool usesTimes) => new()
    {
        Items = items,
        Width = backbone.Width,
        Window = backbone.Window,
        Layers = backbone.Options.Layers,
        Hidden = backbone.Options.Hidden ?? backbone.Width,
    };
}
