using Tandem.Device.Models;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Backbones;

/// <summary>
/// Every backbone that this program can run. Those of this library are there from the start; an app registers its own before it opens a
/// bundle of it. Safe for many threads.
/// </summary>
public static class DeviceBackbones
{
    private static readonly Lock _lock = new();

    private static volatile DeviceBackbone[] _all =
    [
        DeviceBackbone.BuiltIn<DinShape>(DinShape.KindName, shape => new DinRunner(shape)),
        DeviceBackbone.BuiltIn<Gru4RecShape>(Gru4RecShape.KindName, shape => new Gru4RecRunner(shape)),
        DeviceBackbone.BuiltIn<HstuShape>(HstuShape.KindName, shape => new HstuRunner(shape)),
        DeviceBackbone.BuiltIn<SasRecShape>(SasRecShape.KindName, shape => new SasRecRunner(shape)),
        DeviceBackbone.BuiltIn<TttShape>(TttShape.KindName, shape => new TttRunner(shape)),
    ];

    /// <summary>The names of all kinds, in ordinal order.</summary>
    public static IReadOnlyList<string> Kinds => [.. _all.Select(backbone => backbone.Kind).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Lets bundles of a kind be opened. The same object again is no fault, so that several parts of an app may ask for it.
    /// </summary>
    /// <param name="backbone">Keep it in a static member.</param>
    /// <exception cref="ArgumentException">Another backbone has the name, or the shape's JSON cannot be used.</exception>
    public static void Register(DeviceBackbone backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        lock (_lock)
        {
            if (_all.Contains(backbone)) return;
            if (_all.Any(known => known.Kind == backbone.Kind))
            {
                throw new ArgumentException(
                    $"another backbone is called '{backbone.Kind}'; give each kind a name of its own", nameof(backbone));
            }

            backbone.RegisterShape();
            _all = [.. _all, backbone];
        }
    }

    /// <summary>The runner of a shape.</summary>
    /// <exception cref="SafetensorsException">There is none, or one array cannot hold its weights.</exception>
    internal static Runner CreateRunner(BackboneShape shape) =>
        _all.FirstOrDefault(backbone => backbone.Runs(shape))?.CreateRunner(shape)
            ?? throw new SafetensorsException(
                $"backbone '{shape.Kind}' has no runtime; update the app, or register it before a bundle is opened");
}
