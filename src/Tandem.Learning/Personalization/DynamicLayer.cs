using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// A linear layer of O outputs and I inputs whose change is generated (SOLID calls it adaptive): how many numbers that takes, and how they
/// enter. Numbers of 0 change nothing, to the bit.
/// </summary>
internal sealed class DynamicLayer : ChangedLayer
{
    private readonly GeneratedForm _form;
    private readonly Func<SlotLinear>? _replaced;    // a function, so that the layer does not become a part of this module
    private readonly bool _hasBias;
    private readonly long _outputs;
    private readonly long _inputs;
    private readonly long _rank;
    [ComponentName(Name = "up")] private readonly Parameter? _up;       // U [O, R]
    [ComponentName(Name = "down")] private readonly Parameter? _down;   // V [R, I]

    /// <param name="slot">Its name, see <see cref="WeightSlots"/>.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="form">What is generated.</param>
    /// <param name="rank">R.</param>
    /// <param name="replaces">
    /// True to put <see cref="GeneratedForm.Full"/> numbers in the place of the weights: the change is then the way to them.
    /// </param>
    public DynamicLayer(string slot, SlotLinear layer, GeneratedForm form, int rank, bool replaces = false) : base(slot)
    {
        (_form, _hasBias, _replaced) = (form, layer.Bias is not null, replaces ? () => layer : null);
        (_outputs, _inputs) = (layer.Weight.shape[0], layer.Weight.shape[1]);
        _rank = Math.Min(rank, Math.Min(_outputs, _inputs));
        if (form == GeneratedForm.LowRank)
        {
            // V x is about as long as x, and U s as s: a number of 1 would change an output by about 1.
            _up = nn.Parameter(TensorArithmetic.Normal(1 / Math.Sqrt(_rank), _outputs, _rank));
            _down = nn.Parameter(TensorArithmetic.Normal(1 / Math.Sqrt(_inputs), _rank, _inputs));
        }

        RegisterComponents();
    }

    /// <summary>U, [O, R]; null but for <see cref="GeneratedForm.LowRank"/>.</summary>
    public Tensor? Up => _up;

    /// <summary>V, [R, I]; null but for <see cref="GeneratedForm.LowRank"/>.</summary>
    public Tensor? Down => _down;

    /// <summary>R.</summary>
    public int Rank => (int)_rank;

    /// <summary>True where the layer has a bias, which is then changed, too.</summary>
    public bool HasBias => _hasBias;

    /// <inheritdoc/>
    public override long Size => _form switch
    {
        GeneratedForm.LowRank => _rank * _rank + (_hasBias ? _rank : 0),
        GeneratedForm.Full => _outputs * _inputs + (_hasBias ? _outputs : 0),
        _ => _hasBias ? _outputs : 0,
    };

    /// <summary>Numbers as a packet's core holds them, [R, C] row-major: S, and c as its last column where there is one.</summary>
    /// <param name="numbers">[<see cref="Size"/>] of <see cref="GeneratedForm.LowRank"/>.</param>
    public float[] Core(ReadOnlySpan<float> numbers)
    {
        var (rank, columns) = (Rank, _hasBias ? Rank + 1 : Rank);
        var core = new float[rank * columns];
        for (var row = 0; row < rank; row++)
        {
            numbers.Slice(row * rank, rank).CopyTo(core.AsSpan(row * columns));
            if (_hasBias) core[row * columns + rank] = numbers[rank * rank + row];
        }

        return core;
    }

    /// <summary>What <see cref="Core"/> made a core of.</summary>
    /// <param name="core">[R, C] row-major.</param>
    public float[] Numbers(ReadOnlySpan<float> core)
    {
        var (rank, columns) = (Rank, _hasBias ? Rank + 1 : Rank);
        var numbers = new float[Size];
        for (var row = 0; row < rank; row++)
        {
            core.Slice(row * columns, rank).CopyTo(numbers.AsSpan(row * rank));
            if (_hasBias) numbers[rank * rank + row] = core[row * columns + rank];
        }

        return numbers;
    }

    /// <summary>The change.</summary>
    /// <param name="numbers">[N, <see cref="Size"/>]: the matrix row by row, then the bias.</param>
    public override WeightDelta Delta(Tensor numbers)
    {
        var n = numbers.shape[0];
        if (_form == GeneratedForm.Bias) return new() { Bias = numbers };
        var (rows, columns) = _form == GeneratedForm.LowRank ? (_rank, _rank) : (_outputs, _inputs);
        var matrix = numbers.narrow(1, 0, rows * columns).reshape(n, rows, columns);
        var bias = _hasBias ? numbers.narrow(1, rows * columns, rows) : null;
        if (_replaced?.Invoke() is { } trained)
            (matrix, bias) = (matrix - trained.Weight, bias is null ? null : bias - trained.Bias!);
        return _form == GeneratedForm.Full
            ? new() { Weight = matrix, Bias = bias }
            : new() { Up = _up, Core = matrix, Down = _down, Bias = bias?.matmul(_up!.t()) };
    }
}
