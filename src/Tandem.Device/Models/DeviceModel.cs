using System.Numerics.Tensors;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>A bundle's model, ready to run: the item table and the sequence model over it. Not for use by two threads at once.</summary>
public sealed class DeviceModel
{
    private readonly float[] _items;        // [(V + 1) × D]
    private readonly SasRecRunner _runner;

    private DeviceModel(Bundle bundle)
    {
        var shape = bundle.Manifest.Backbone;
        (Shape, CatalogVersion, Version) = (shape, bundle.Manifest.CatalogVersion, bundle.Manifest.Version);
        _items = bundle.Weights.GetFinite("items.weight", shape.Items + 1, shape.Width);
        _runner = new SasRecRunner(shape, bundle.Weights);
    }

    /// <summary>Kind and sizes.</summary>
    public BackboneShape Shape { get; }

    /// <summary>Names the item numbering; lists of another one are refused.</summary>
    public string CatalogVersion { get; }

    /// <summary>Names the weights.</summary>
    public string Version { get; }

    /// <summary>Opens a bundle's folder, where a fault is an error of the caller's and no answer from outside.</summary>
    /// <exception cref="BundleException">The folder holds no bundle that this runtime can run.</exception>
    public static DeviceModel Open(string folder) =>
        TryLoad(Bundle.Open(folder), out var model, out var fault) ? model! : throw new BundleException($"{folder}: {fault}");

    /// <summary>Reads the model out of a checked bundle.</summary>
    /// <param name="bundle">Its hashes have been verified by opening it.</param>
    /// <param name="model">Null where the bundle cannot be run.</param>
    /// <param name="fault">Why not.</param>
    public static bool TryLoad(Bundle bundle, out DeviceModel? model, out string? fault)
    {
        (model, fault) = (null, null);
        if (bundle.Manifest.Backbone.Kind != "sasrec")
        {
            fault = $"backbone '{bundle.Manifest.Backbone.Kind}' is not one this runtime knows (sasrec); update the app";
            return false;
        }

        try
        {
            model = new DeviceModel(bundle);
            return true;
        }
        catch (SafetensorsException e)
        {
            fault = e.Message;
            return false;
        }
    }

    /// <summary>The user's state after a history.</summary>
    /// <param name="history">Item ids, oldest first; the most recent <c>Window</c> count, none gives a state of zeros.</param>
    /// <param name="state">[D].</param>
    internal void Encode(ReadOnlySpan<int> history, Span<float> state)
    {
        if (history.IsEmpty) state.Clear();
        else _runner.Encode(history[Math.Max(0, history.Length - Shape.Window)..], _items, state);
    }

    /// <summary>⟨state, item⟩.</summary>
    internal float Score(ReadOnlySpan<float> state, int item) =>
        TensorPrimitives.Dot(state, _items.AsSpan(item * Shape.Width, Shape.Width));
}
