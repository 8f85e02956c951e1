using System.Globalization;
using System.Reflection;
using Google.Protobuf;
using Tandem.Learning.Backbones;
using Tandem.Learning.Graphs;
using Tandem.Protocol;
using static TorchSharp.torch;

namespace Tandem.Learning.Export.Onnx;

/// <summary>
/// Writes a trained model as one ONNX file (opset 17, IR version 8) for runtimes other than the device's own.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: <c>history</c>, int64 [1, T], item ids 1 … V, oldest first, T from 1 to the model's window: of a longer history the last
/// events are to be passed, and an empty one has no answer; <c>times</c>, int64 [1, T], unix seconds of these events, never falling,
/// only where <see cref="OnnxOptions.Times"/> asks for it and the backbone is HSTU; <c>candidates</c>, int64 [N], item ids, repeats
/// allowed.
/// </para>
/// <para>
/// Outputs: <c>state</c>, float32 [D], the state after the last event, not there for DIN, which has none; <c>scores</c>, float32 [N],
/// of the candidates, higher is better: ⟨state, item⟩, or what DIN says.
/// </para>
/// <para>
/// The initializer <c>items</c>, float32 [V + 1, D], is the item table with row 0 for padding; its rows have length 1 where the model
/// is normalised. Other initializers have the names of the checkpoint's parameters, with the part's name behind them where a graph
/// needs some of a parameter's rows. Only what the last state needs is computed: the last block of SASRec and HSTU makes queries and
/// feed-forward of the last step alone. The properties (<c>metadata_props</c>) are <c>tandem.kind</c>, <c>tandem.catalog</c>,
/// <c>tandem.items</c> (V), <c>tandem.width</c> (D), <c>tandem.window</c>.
/// </para>
/// </remarks>
public static class OnnxModel
{
    private const int IrVersion = 8, Opset = 17; // of the same release, ONNX 1.12: LayerNormalization is an operator from there on

    /// <summary>Writes a sequence model; replaces the file.</summary>
    /// <param name="model">The kind of its backbone has a graph: <see cref="BackboneKind.HasGraph"/>.</param>
    /// <param name="path">Of the file, in a folder that exists.</param>
    /// <param name="options">What it says of itself.</param>
    /// <exception cref="NotSupportedException">The backbone is another one, or the file would pass 2 GiB.</exception>
    public static OnnxSummary Write(SequenceModel model, string path, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        RequireSize(WeightBytes(model), path, options);
        var backbone = model.Backbone;
        var properties = Properties(backbone.Kind, model.ItemCount, backbone.Width, backbone.Window, options);
        return Save(ModelGraph.Of(model, options.Times), path, options, properties);
    }

    /// <inheritdoc cref="Write(SequenceModel, string, OnnxOptions)"/>
    public static OnnxSummary Write(Din model, string path, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        RequireSize(WeightBytes(model), path, options);
        return Save(ModelGraph.Of(model), path, options, Properties("din", model.ItemCount, model.Options.Width, model.Window, options));
    }

    private static long WeightBytes(nn.Module model) => model.parameters().Sum(parameter => parameter.numel() * sizeof(float));

    /// <summary>
    /// Asked for twice: before the weights are copied, and of the whole message, for protobuf's readers take no length beyond 2 GiB.
    /// </summary>
    private static void RequireSize(long bytes, string path, OnnxOptions options)
    {
        if (bytes > options.MostBytes)
        {
            throw new NotSupportedException(
                string.Create(CultureInfo.InvariantCulture,
                    $"{path}: the model takes {bytes:#,0} bytes, and an ONNX file ends at {options.MostBytes:#,0}; ")
                + "export a model of fewer items or a smaller width, or the bundle");
        }
    }

    private static (string Name, string Value)[] Properties(string kind, int items, int width, int window, OnnxOptions options) =>
    [
        ("tandem.kind", kind),
        ("tandem.catalog", options.CatalogVersion),
        ("tandem.items", items.ToString(CultureInfo.InvariantCulture)),
        ("tandem.width", width.ToString(CultureInfo.InvariantCulture)),
        ("tandem.window", window.ToString(CultureInfo.InvariantCulture)),
    ];

    private static OnnxSummary Save(OnnxGraph graph, string path, OnnxOptions options, (string Name, string Value)[] properties)
    {
        var message = ToMessage(graph, options.Name, properties);
        RequireSize(message.Size, path, options);
        DurableFile.Write(path, stream =>
        {
            using var output = new CodedOutputStream(stream, leaveOpen: true);
            message.WriteTo(output);
        });
        return new(message.Size, graph.Inputs, graph.Outputs);
    }

    /// <summary>The ModelProto.</summary>
    private static ProtoMessage ToMessage(OnnxGraph graph, string name, (string Name, string Value)[] properties)
    {
        const int irField = 1, producerField = 2, producerVersionField = 3, graphField = 7, opsetField = 8, propertyField = 14;
        const int opsetVersionField = 2, keyField = 1, valueField = 2;
        var version = typeof(OnnxModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var message = new ProtoMessage()
            .Add(irField, IrVersion)
            .Add(producerField, "tandem")
            .Add(producerVersionField, version)
            .Add(graphField, graph.ToMessage(name))
            .Add(opsetField, new ProtoMessage().Add(opsetVersionField, Opset));
        foreach (var (key, value) in properties)
            message.Add(propertyField, new ProtoMessage().Add(keyField, key).Add(valueField, value));
        return message;
    }
}
