using System.Text.Json.Serialization.Metadata;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>A kind of backbone as a device runs it: the shape that bundles name, and the runner of such a shape.</summary>
public sealed class DeviceBackbone
{
    private readonly Type _shape;
    private readonly Func<BackboneShape, Runner> _create;
    private readonly Action _registerShape;

    private DeviceBackbone(string kind, Type shape, Func<BackboneShape, Runner> create, Action registerShape) =>
        (Kind, _shape, _create, _registerShape) = (kind, shape, create, registerShape);

    /// <summary>As bundles call it.</summary>
    public string Kind { get; }

    /// <summary>A kind from outside of this library, to be given to <see cref="DeviceBackbones.Register"/>.</summary>
    /// <typeparam name="TShape">Its dimensions, see <see cref="BackboneShapes.Register"/>.</typeparam>
    /// <param name="kind">As bundles call it; the same in training.</param>
    /// <param name="json">Of the shape, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="create">
    /// Makes the runner of checked dimensions. Throws a <see cref="Tandem.Protocol.Safetensors.SafetensorsException"/> where it cannot
    /// run such a shape, and the bundle is refused with its message.
    /// </param>
    public static DeviceBackbone Of<TShape>(string kind, JsonTypeInfo<TShape> json, Func<TShape, Runner> create)
        where TShape : BackboneShape
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(create);
        return new(kind, typeof(TShape), shape => create((TShape)shape), () => BackboneShapes.Register(kind, json));
    }

    /// <summary>A kind of this library, whose shape bundles know already.</summary>
    internal static DeviceBackbone BuiltIn<TShape>(string kind, Func<TShape, Runner> create) where TShape : BackboneShape =>
        new(kind, typeof(TShape), shape => create((TShape)shape), static () => { });

    internal void RegisterShape() => _registerShape();

    internal bool Runs(BackboneShape shape) => shape.GetType() == _shape;

    internal Runner CreateRunner(BackboneShape shape) => _create(shape);
}
