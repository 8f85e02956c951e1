using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>PReLU with one slope for all that is negative (He et al., 2015, arXiv 1502.01852): x where x ≥ 0, w x below.</summary>
/// <remarks>Torch's own is filled with a number that the finaliser may free too early (<see cref="TensorArithmetic"/>).</remarks>
internal sealed class Prelu : nn.Module<Tensor, Tensor>
{
    private const float InitialSlope = 0.25f; // the paper's

    [ComponentName(Name = "weight")] private readonly Parameter _weight; // [1]

    public Prelu() : base("prelu")
    {
        using var one = ones(1);
        _weight = nn.Parameter(one.Times(InitialSlope));
        RegisterComponents();
    }

    /// <summary>x [...] → [...].</summary>
    public override Tensor forward(Tensor x) => nn.functional.prelu(x, _weight);
}
