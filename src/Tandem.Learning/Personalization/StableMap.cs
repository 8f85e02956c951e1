using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// DUET's stable weight adapter: of m maps side by side, those that agree with the others count for more. W = Σ pᵢ Wᵢ with
/// p = softmax of the row sums of W Wᵀ, divided by the greatest of them.
/// </summary>
internal sealed class StableMap : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weights")] private readonly Parameter _weights;  // [m, O I]
    [ComponentName(Name = "bias")] private readonly Parameter _bias;        // [O]

    /// <param name="maps">m.</param>
    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    public StableMap(int maps, int inputs, int outputs) : base(nameof(StableMap))
    {
        // The mean of m drawn maps is √m shorter than each.
        _weights = nn.Parameter(TensorArithmetic.Normal(Math.Sqrt(2.0 * maps / (inputs + outputs)), maps, outputs * inputs));
        _bias = nn.Parameter(zeros(outputs));
        RegisterComponents();
    }

    /// <param name="x">[…, I].</param>
    /// <returns>[…, O].</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var alike = _weights.matmul(_weights.t()).sum(dim: 1);                          // [m]
        var shares = (alike / alike.abs().max().Plus(1e-12)).softmax(0);
        var weight = shares.unsqueeze(0).matmul(_weights).view(_bias.shape[0], -1);     // [O, I]
        return nn.functional.linear(x, weight, _bias).MoveToOuterDisposeScope();
    }
}
