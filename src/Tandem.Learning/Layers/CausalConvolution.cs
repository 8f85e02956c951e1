using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// y_t = c + Σ_j w_j ⊙ x_{t − 3 + j}, j = 0 … 3: each feature sees itself and its three values before; what lies before the first
/// step is 0.
/// </summary>
internal sealed class CausalConvolution : nn.Module<Tensor, Tensor>
{
    private const int Taps = 4;

    [ComponentName(Name = "weight")] private readonly Parameter _weight;                // [D, 4], oldest tap first
    [ComponentName(Name = "bias")] private readonly Parameter _bias;                    // [D]

    /// <param name="width">D. Weights and biases start uniform in ±1/√4, as torch's convolutions do.</param>
    public CausalConvolution(int width) : base(nameof(CausalConvolution))
    {
        var bound = 1 / Math.Sqrt(Taps);
        _weight = nn.Parameter(empty(width, Taps).uniform_(-bound, bound));
        _bias = nn.Parameter(empty(width).uniform_(-bound, bound));
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Continue(x, Before(x)).MoveToOuterDisposeScope();
    }

    /// <summary>The steps of <paramref name="x"/> after those of a tail.</summary>
    /// <param name="x">[B, T, D].</param>
    /// <param name="tail">[B, 3, D] the inputs before it.</param>
    public Tensor Continue(Tensor x, Tensor tail)
    {
        using var scope = NewDisposeScope();
        var (T, padded) = (x.shape[1], cat([tail, x], dim: 1));                         // [B, 3 + T, D]
        var y = _bias.Plus(padded.narrow(1, 0, T) * _weight.select(1, 0));
        for (var tap = 1; tap < Taps; tap++) y = y.Plus(padded.narrow(1, tap, T) * _weight.select(1, tap));
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>[B, 3, D] what lies before the first step.</summary>
    public static Tensor Before(Tensor x) => zeros(x.shape[0], Taps - 1, x.shape[2], x.dtype);

    /// <summary>[B, 3, D] the last inputs of a tail that <paramref name="x"/> came after.</summary>
    public static Tensor Tail(Tensor x, Tensor tail)
    {
        using var scope = NewDisposeScope();
        var all = cat([tail, x], dim: 1);
        return all.narrow(1, all.shape[1] - (Taps - 1), Taps - 1).MoveToOuterDisposeScope();
    }
}
