using Tandem.Device.Backbones;
using Tandem.Learning.Backbones;

namespace Tandem.Samples.Averages;

/// <summary>
/// The moving averages among the kinds of both sides. Each side asks for its own at its start; an app needs the device's alone.
/// </summary>
public static class AveragesKind
{
    /// <summary>For training: settings by name in recipes, and the shape of a trained one in bundles.</summary>
    public static BackboneKind InTraining { get; } = BackboneKind.Of(
        AveragesShape.KindName, "a moving average for each channel", new AveragesOptions(), AveragesJson.Default.AveragesShape,
        (MovingAverages backbone, int items, bool usesTimes) =>
            new AveragesShape { Items = items, Width = backbone.Width, Window = backbone.Window });

    /// <summary>For the device: bundles of the kind, and what runs them.</summary>
    public static DeviceBackbone OnDevice { get; } = DeviceBackbone.Of(
        AveragesShape.KindName, AveragesJson.Default.AveragesShape, shape => new AveragesRunner(shape));
}
