using System.Text.Json.Serialization.Metadata;
using Tandem.Learning.Graphs;
using Tandem.Protocol.Bundles;

namespace Tandem.Learning.Backbones;

/// <summary>
/// A kind of backbone as training knows it: its name, its settings, and how a trained one leaves for a device. What is registered with
/// <see cref="BackboneKinds"/> can be named in recipes and exported.
/// </summary>
public sealed class BackboneKind
{
    private readonly Func<Backbone, int, bool, BackboneShape>? _shape;
    private readonly Func<Backbone, HistoryGraph, GraphValue>? _lastState;
    private readonly Action _registerShape;

    private BackboneKind(
        string name, string description, BackboneOptions defaults, Func<Backbone, int, bool, BackboneShape>? shape,
        Func<Backbone, HistoryGraph, GraphValue>? lastState, Action registerShape)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        ArgumentNullException.ThrowIfNull(defaults);
        (Name, Description, Defaults, _shape, _lastState, _registerShape) = (name, description, defaults, shape, lastState, registerShape);
    }

    /// <summary>As in recipes, checkpoints and bundles; what its backbones' <see cref="Backbone.Kind"/> says.</summary>
    public string Name { get; }

    /// <summary>One phrase for help texts.</summary>
    public string Description { get; }

    /// <summary>Its settings where nothing is said. Their type is what a recipe of the kind is read as.</summary>
    public BackboneOptions Defaults { get; }

    /// <summary>True where bundles can hold it, so that devices may run it.</summary>
    public bool HasDeviceShape => _shape is not null;

    /// <summary>True where it can be written as an ONNX graph.</summary>
    public bool HasGraph => _lastState is not null;

    /// <summary>A kind from outside of this library that devices can run.</summary>
    /// <typeparam name="TBackbone">What the settings build.</typeparam>
    /// <typeparam name="TShape">Its dimensions, see <see cref="BackboneShapes.Register"/>.</typeparam>
    /// <param name="name">As in recipes and bundles; the same on the device.</param>
    /// <param name="description">One phrase for help texts.</param>
    /// <param name="defaults">Its settings where nothing is said.</param>
    /// <param name="json">Of the shape, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="shape">
    /// Dimensions of a trained backbone, given V and whether it was trained with the times of events.
    /// <see cref="BackboneShape.Normalized"/> is filled in.
    /// </param>
    public static BackboneKind Of<TBackbone, TShape>(
        string name, string description, BackboneOptions defaults, JsonTypeInfo<TShape> json, Func<TBackbone, int, bool, TShape> shape)
        where TBackbone : Backbone where TShape : BackboneShape
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(shape);
        return new(
            name, description, defaults, (backbone, items, usesTimes) => shape((TBackbone)backbone, items, usesTimes), lastState: null,
            () => BackboneShapes.Register(name, json));
    }

    /// <summary>A kind from outside of this library that is trained and evaluated here alone.</summary>
    /// <param name="name">As in recipes.</param>
    /// <param name="description">One phrase for help texts.</param>
    /// <param name="defaults">Its settings where nothing is said.</param>
    public static BackboneKind Of(string name, string description, BackboneOptions defaults) =>
        new(name, description, defaults, shape: null, lastState: null, static () => { });

    /// <summary>A kind of this library, whose shape bundles know already.</summary>
    /// <typeparam name="TBackbone">What the settings build.</typeparam>
    /// <param name="name">As in recipes and bundles.</param>
    /// <param name="description">One phrase for help texts.</param>
    /// <param name="defaults">Its settings where nothing is said.</param>
    /// <param name="shape">As above.</param>
    /// <param name="lastState">[1, D] the state after the last event as an ONNX graph; null where there is none.</param>
    internal static BackboneKind BuiltIn<TBackbone>(
        string name, string description, BackboneOptions defaults, Func<TBackbone, int, bool, BackboneShape> shape,
        Func<TBackbone, HistoryGraph, GraphValue>? lastState) where TBackbone : Backbone => new(
            name, description, defaults, (backbone, items, usesTimes) => shape((TBackbone)backbone, items, usesTimes),
            lastState is null ? null : (backbone, history) => lastState((TBackbone)backbone, history), static () => { });

    internal void RegisterShape() => _registerShape();

    /// <summary>The dimensions by which a device allocates a trained model.</summary>
    /// <param name="model">Its backbone is of this kind.</param>
    /// <param name="usesTimes">True where it was trained with the times of events.</param>
    internal BackboneShape Shape(SequenceModel model, bool usesTimes) =>
        _shape!(model.Backbone, model.ItemCount, usesTimes) with { Normalized = model.Normalized };

    /// <summary>[1, D]: the state after the last event.</summary>
    internal GraphValue LastState(Backbone backbone, HistoryGraph history) => _lastState!(backbone, history);
}
