using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// Makes changes of a network's linear layers from what a user did: the numbers of each place of a history come from the events up to it.
/// At the start all numbers are 0, and the network is the one without a source.
/// </summary>
public abstract class ParameterSource : nn.Module
{
    private readonly ParameterControl _control;
    [ComponentName(Name = "layers")] private readonly ModuleList<ChangedLayer> _layers;
    private readonly SeededDropout _absent;

    private protected ParameterSource(IReadOnlyList<ChangedLayer> layers, ParameterOptions options, Noise noise)
        : base(nameof(ParameterSource))
    {
        (_layers, _control, Options) = (nn.ModuleList<ChangedLayer>([.. layers]), options.Control, options);
        _absent = new SeededDropout(options.Absent, noise);
        Sizes = [.. layers.Select(layer => layer.Size)];
    }

    /// <summary>Its settings.</summary>
    public ParameterOptions Options { get; }

    /// <summary>Numbers of a place: of all layers, one layer after another.</summary>
    public int Size => (int)Sizes.Sum();

    /// <summary>True where <see cref="Numbers"/> wants the items' numbers beside their rows.</summary>
    public bool ReadsItems => Options.Source == ParameterSourceKind.Solid;

    /// <summary>
    /// What the loss of the last training step has to add, a scalar: how far the source strays from its codebook. Null for nothing; valid
    /// until the next step.
    /// </summary>
    public Tensor? Penalty { get; private protected set; }

    /// <summary>The codebook that a part of the training moves; null for none.</summary>
    public virtual SemanticCodebook? Codebook => null;

    /// <summary>
    /// What becomes of the numbers on their way to a device, such as a rounding to float16, in an evaluation; null, the default, for
    /// nothing. [N × <see cref="Size"/>] row-major → the same.
    /// </summary>
    public Func<float[], float[]>? Delivery { get; set; }

    /// <summary>The changed layers.</summary>
    internal IReadOnlyList<ChangedLayer> Layers => [.. _layers];

    /// <summary>[layers] numbers of each.</summary>
    private protected long[] Sizes { get; }

    /// <summary>Numbers of all places.</summary>
    /// <param name="rows">[B, T, D] embedded items, oldest first, padding on the right.</param>
    /// <param name="items">[B, T] int64 item numbers, 0 for padding; null where <see cref="ReadsItems"/> is false.</param>
    /// <returns>[B, T, <see cref="Size"/>].</returns>
    public Tensor Numbers(Tensor rows, Tensor? items)
    {
        using var scope = NewDisposeScope();
        Penalty?.Dispose();
        Penalty = null;
        if (ReadsItems && items is null) throw new ArgumentException("the source reads which items they are; give them", nameof(items));
        // Table rows are short (see SequenceModel.InitialDeviation); backbones lengthen them in the same way.
        var x = rows.Times(Math.Sqrt(rows.shape[2]));
        if (_control == ParameterControl.Constant) (x, items) = (zeros_like(x), items is null ? null : zeros_like(items));
        var numbers = Generate(x, items);
        Penalty = Penalty?.DetachFromDisposeScope();
        if (_control == ParameterControl.Shuffled && numbers.shape[0] > 1) numbers = numbers.roll(1, 0);
        if (training && Options.Absent > 0 && _control != ParameterControl.Published)
            numbers *= _absent.forward(ones(numbers.shape[0], 1, 1)).gt(TensorArithmetic.Zero).to(numbers.dtype);
        return numbers.MoveToOuterDisposeScope();
    }

    /// <summary>What numbers change, by the names of the layers.</summary>
    /// <param name="numbers">[N, <see cref="Size"/>], of N rows or places.</param>
    public IReadOnlyDictionary<string, WeightDelta> Changes(Tensor numbers)
    {
        var delivered = Delivery is null ? numbers : tensor(Delivery(TensorValues.Copy(numbers)), numbers.shape);
        var changes = new Dictionary<string, WeightDelta>(StringComparer.Ordinal);
        var first = 0L;
        foreach (var layer in _layers)
        {
            changes.Add(layer.Slot, layer.Delta(delivered.narrow(1, first, layer.Size)));
            first += layer.Size;
        }

        return changes;
    }

    /// <summary>Makes the numbers of all places.</summary>
    /// <param name="x">[B, T, D] events of a length near √D.</param>
    /// <param name="items">[B, T] item numbers, or null.</param>
    /// <returns>[B, T, <see cref="Size"/>].</returns>
    private protected abstract Tensor Generate(Tensor x, Tensor? items);

    /// <summary>
    /// The last map before the numbers: at 0, so that nothing is changed at the start; drawn and not trained by the controls that say so.
    /// </summary>
    private protected Linear LastMap(int inputs, long outputs)
    {
        var map = Linears.XavierWithoutSlot(inputs, (int)outputs);
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        foreach (var parameter in map.parameters()) parameter.zero_();
        if (_control == ParameterControl.Frozen) map.weight!.normal_(0, 0.1 / Math.Sqrt(inputs));
        if (_control == ParameterControl.Published)
        {
            // As released: without a scale by the inputs.
            foreach (var parameter in map.parameters()) parameter.copy_(randn_like(parameter).Remainder(2));
        }

        if (_control is ParameterControl.Frozen or ParameterControl.Published)
        {
            foreach (var parameter in map.parameters()) parameter.requires_grad_(false);
        }

        return map;
    }
}
