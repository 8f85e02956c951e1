using Tandem.Protocol.Parameters;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// y = x + B (A x), the low-rank change of a user's vector as devices compute it (<see cref="AdapterForm"/>): between a backbone and its
/// normalisation. Untouched, it is the identity.
/// </summary>
public sealed class StateAdapter : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "down")] private readonly Parameter _down;                    // A [R, D]
    [ComponentName(Name = "up")] private readonly Parameter _up;                        // B [D, R]

    /// <param name="width">D.</param>
    public StateAdapter(int width) : base(nameof(StateAdapter))
    {
        var down = new float[AdapterForm.Rank * width];
        AdapterForm.FillDown(down);
        _down = nn.Parameter(tensor(down, AdapterForm.Rank, width));
        _up = nn.Parameter(zeros(width, AdapterForm.Rank));
        RegisterComponents();
    }

    /// <summary>A, [R, D].</summary>
    public Parameter Down => _down;

    /// <summary>B, [D, R].</summary>
    public Parameter Up => _up;

    /// <param name="x">[…, D] states before they are normalised.</param>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.Plus(nn.functional.linear(nn.functional.linear(x, _down), _up)).MoveToOuterDisposeScope();
    }
}
