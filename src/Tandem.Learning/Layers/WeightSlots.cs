using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// The linear layers of a network whose weights can be changed for a forward pass, by name: <c>backbone.blocks.0.qkv</c> is the layer whose
/// weights a checkpoint calls <c>backbone.blocks.0.qkv.weight</c>.
/// </summary>
/// <remarks>
/// All linear layers of SASRec, HSTU, TTT and the blocks of language models have slots. Of GRU4Rec only the output has: its steps are
/// one call (<see cref="RecurrentSteps"/>) that takes no weights per row. Of DIN the layers after the attention have: the attention's own
/// are multiplied into the history.
/// </remarks>
public sealed class WeightSlots
{
    private readonly Dictionary<string, SlotLinear> _layers;

    /// <param name="network">Its layers are looked up once; checkpoints' names hold from here on.</param>
    /// <param name="prefix">What checkpoints say before the network's own names, such as <c>backbone.</c>. Default nothing.</param>
    public WeightSlots(nn.Module network, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(network);
        _layers = network.named_modules().Where(module => module.module is SlotLinear)
            .ToDictionary(module => prefix + module.name, module => (SlotLinear)module.module, StringComparer.Ordinal);
    }

    /// <summary>Names of the layers, in the network's order.</summary>
    public IReadOnlyCollection<string> Names => _layers.Keys;

    /// <summary>A layer.</summary>
    /// <exception cref="ArgumentException">No slot has the name.</exception>
    public SlotLinear this[string name] => _layers.TryGetValue(name, out var layer) ? layer : throw new ArgumentException(
        $"no linear layer with a slot is called '{name}'; expected one of {string.Join(", ", Names)}", nameof(name));

    /// <summary>Changes layers until the result is disposed of; layers that are not named stay, or become, as they were trained.</summary>
    /// <param name="deltas">By name.</param>
    /// <exception cref="ArgumentException">A name is unknown or a shape does not fit; nothing is changed.</exception>
    public IDisposable Change(IReadOnlyDictionary<string, WeightDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        foreach (var (name, delta) in deltas)
        {
            var layer = this[name];
            if (delta.Fault(layer.Weight.shape[0], layer.Weight.shape[1]) is { } fault)
                throw new ArgumentException($"slot '{name}': {fault}", nameof(deltas));
        }

        foreach (var (name, layer) in _layers) layer.Delta = deltas.GetValueOrDefault(name);
        return new Changed(_layers.Values);
    }

    /// <summary>
    /// Weights and biases with the present changes in them, for one row of the batch, by the names that checkpoints and devices use.
    /// </summary>
    /// <param name="row">From 0.</param>
    /// <returns>Of every changed layer; tensors are the caller's to dispose of.</returns>
    public IReadOnlyList<(string Name, Tensor Values)> Folded(int row)
    {
        using var mode = no_grad();
        var folded = new List<(string, Tensor)>();
        foreach (var (name, layer) in _layers)
        {
            if (layer.Delta is null) continue;
            if (layer.Bias is null && layer.Delta.Bias is not null)
            {
                throw new NotSupportedException(
                    $"slot '{name}': the layer has no bias that a device could hold; leave the change's Bias out");
            }

            var (weight, bias) = layer.Delta.Fold(layer.Weight, layer.Bias, row);
            folded.Add(($"{name}.weight", weight));
            if (bias is not null) folded.Add(($"{name}.bias", bias));
        }

        return folded;
    }

    private sealed class Changed(IReadOnlyCollection<SlotLinear> layers) : IDisposable
    {
        public void Dispose()
        {
            foreach (var layer in layers) layer.Delta = null;
        }
    }
}
