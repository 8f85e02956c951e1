using Tandem.Learning.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// y = (W / σ) x + b, σ = uᵀ W v near the greatest singular value (spectral normalisation, arXiv 1802.05957): one step of the power
/// iteration v = Wᵀ u / |Wᵀ u|, u = W v / |W v| at each pass of the training, none outside of it.
/// </summary>
/// <remarks>As Torch's own, which TorchSharp has not; u and v are no parameters, but a training that goes on needs them.</remarks>
internal sealed class SpectralLinear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "linear")] private readonly SlotLinear _linear;
    [ComponentName(Name = "left")] private readonly Tensor _left;                       // u [O]
    [ComponentName(Name = "right")] private readonly Tensor _right;                     // v [I]

    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    public SpectralLinear(int inputs, int outputs) : base(nameof(SpectralLinear))
    {
        _linear = Linears.Uniform(inputs, outputs, hasBias: true);
        using (NewDisposeScope())
        {
            _left = nn.functional.normalize(randn(outputs), dim: 0).DetachFromDisposeScope();
            _right = nn.functional.normalize(randn(inputs), dim: 0).DetachFromDisposeScope();
        }

        RegisterComponents();
    }

    /// <param name="x">[N, I].</param>
    /// <returns>[N, O].</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (training) Iterate();
        var W = _linear.Weight;
        // Copies: the next pass writes u and v while the gradient of this one may still need them.
        var sigma = _left.clone().dot(W.mv(_right.clone()));
        return nn.functional.linear(x, W / sigma, _linear.Bias).MoveToOuterDisposeScope();
    }

    private void Iterate()
    {
        using var mode = no_grad();
        _right.copy_(nn.functional.normalize(_linear.Weight.t().mv(_left), dim: 0));
        _left.copy_(nn.functional.normalize(_linear.Weight.mv(_right), dim: 0));
    }
}
