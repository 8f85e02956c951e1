using Tandem.Learning.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tandem.Learning.Tuning;

/// <summary>What low-rank adaptation adds to the linear layers of a network: ΔW = (α / R) B A, A drawn, B 0 at the start.</summary>
internal sealed class LowRank : nn.Module
{
    private readonly List<(string Slot, Parameter Down, Parameter Up)> _factors = [];
    private readonly Tensor _scale;

    /// <param name="slots">Of the network.</param>
    /// <param name="options">Rank, scale and which layers.</param>
    /// <exception cref="ArgumentException">No layer has a name that ends so.</exception>
    public LowRank(WeightSlots slots, LowRankOptions options) : base(nameof(LowRank))
    {
        var names = slots.Names.Where(name => options.Layers.Count == 0
            || options.Layers.Any(end => name == end || name.EndsWith($".{end}", StringComparison.Ordinal))).ToArray();
        if (names.Length == 0)
        {
            throw new ArgumentException(
                $"lora: no linear layer is called {string.Join(" or ", options.Layers)}; expected ends of "
                    + $"{string.Join(", ", slots.Names.Take(8))}, …",
                nameof(options));
        }

        _scale = Scaled(options, slots[names[0]].Weight.device);
        foreach (var name in names)
        {
            var (outputs, inputs) = (slots[name].Weight.shape[0], slots[name].Weight.shape[1]);
            // A as Torch starts linear layers, as the paper's code does; drawn on the processor, the same whatever it is trained on.
            var (bound, device) = (1 / Math.Sqrt(inputs), slots[name].Weight.device);
            using var drawn = empty(options.Rank, inputs).uniform_(-bound, bound);
            var (down, up) = (nn.Parameter(drawn.to(device)), nn.Parameter(zeros(outputs, options.Rank, device: device)));
            var own = name.Replace('.', '_'); // Torch allows no dots in a parameter's name
            register_parameter($"{own}_a", down);
            register_parameter($"{own}_b", up);
            _factors.Add((name, down, up));
        }

        Change = slots.Change(_factors.ToDictionary(
            one => one.Slot, one => new WeightDelta { Down = one.Down, Up = one.Up, Core = _scale }, StringComparer.Ordinal));
    }

    private static Tensor Scaled(LowRankOptions options, Device device)
    {
        using var one = eye(options.Rank, device: device);
        return one.Times(options.Alpha / options.Rank);
    }

    /// <summary>Takes the changes out of the layers when it is disposed of.</summary>
    public IDisposable Change { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Change.Dispose();
            _scale.Dispose();
        }

        base.Dispose(disposing);
    }
}
