using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// f(x) = x + LN(gelu(x W₁ + b₁) W₂ + b₂), gelu by its tanh approximation. A mini-batch: Z₁ = K W₁ + b₁; X = gelu(Z₁); Z₂ = X W₂ + b₂;
/// G₂ = ∂ℓ/∂Z₂; G₁ = G₂ W₂ᵀ ⊙ gelu′(Z₁); then layer by layer as <see cref="TttLinearMemory"/>: Z̄₁ = Q W₁ + b₁ − (H ⊙ (1 + Q Kᵀ)) G₁;
/// X̄ = gelu(Z̄₁); Z̄₂ = X̄ W₂ + b₂ − (H ⊙ (1 + X̄ Xᵀ)) G₂.
/// </summary>
internal sealed class TttMlp : TttInnerModel
{
    private const int Multiple = 4; // inner width over F, as published
    private const double Cubic = 0.044715;
    private static readonly double _root = Math.Sqrt(2 / Math.PI);

    [ComponentName(Name = "expand_weight")] private readonly Parameter _expandWeight;       // W₁ [H, F, 4 F]
    [ComponentName(Name = "expand_bias")] private readonly Parameter _expandBias;           // b₁ [H, 1, 4 F]
    [ComponentName(Name = "contract_weight")] private readonly Parameter _contractWeight;   // W₂ [H, 4 F, F]
    [ComponentName(Name = "contract_bias")] private readonly Parameter _contractBias;       // b₂ [H, 1, F]
    [ComponentName(Name = "norm")] private readonly TttInnerNorm _norm;

    public TttMlp(int heads, int headWidth, bool surprise) : base(nameof(TttMlp))
    {
        var inner = Multiple * headWidth;
        _expandWeight = nn.Parameter(Normal(SequenceModel.InitialDeviation, heads, headWidth, inner));
        _expandBias = nn.Parameter(zeros(heads, 1, inner));
        _contractWeight = nn.Parameter(Normal(SequenceModel.InitialDeviation, heads, inner, headWidth));
        _contractBias = nn.Parameter(zeros(heads, 1, headWidth));
        _norm = new TttInnerNorm(heads, headWidth, surprise);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Initial => [_expandWeight, _expandBias, _contractWeight, _contractBias];

    /// <inheritdoc/>
    public override TttInnerNorm Norm => _norm;

    /// <inheritdoc/>
    public override (Tensor Read, Tensor[] Written) Chunk(Tensor[] weights, TttChunk chunk, Tensor scale, bool writes)
    {
        using var scope = NewDisposeScope();
        var (Q, K, W1, b1, W2, b2) = (chunk.Q, chunk.K, weights[0], weights[1], weights[2], weights[3]);
        var (X, slope) = Activate(K.matmul(W1).Plus(b1));
        var (G2, rates) = _norm.Gradient(X.matmul(W2).Plus(b2), chunk.V - K, chunk.Rates);
        var G1 = G2.matmul(W2.transpose(-1, -2)) * slope;
        var H = scale * rates;                                                          // [B, H, n, n]
        var (XBar, _) = Activate(Q.matmul(W1).Plus(b1) - (Q.matmul(K.transpose(-1, -2)).Plus(1) * H).matmul(G1));
        var read = XBar.matmul(W2).Plus(b2) - (XBar.matmul(X.transpose(-1, -2)).Plus(1) * H).matmul(G2);
        Tensor[] written = writes
            ? [(K.transpose(-1, -2) * rates).matmul(G1), rates.matmul(G1), (X.transpose(-1, -2) * rates).matmul(G2), rates.matmul(G2)]
            : [];
        foreach (var tensor in written) tensor.MoveToOuterDisposeScope();
        return (read.MoveToOuterDisposeScope(), written);
    }

    /// <inheritdoc/>
    public override Tensor Read(Tensor[] weights, Tensor q)
    {
        using var scope = NewDisposeScope();
        var (X, _) = Activate(q.matmul(weights[0]).Plus(weights[1]));
        return X.matmul(weights[2]).Plus(weights[3]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor[] Gradients(Tensor[] weights, TttChunk step)
    {
        using var scope = NewDisposeScope();
        var (X, slope) = Activate(step.K.matmul(weights[0]).Plus(weights[1]));
        var (G, rates) = _norm.Gradient(X.matmul(weights[2]).Plus(weights[3]), step.V - step.K, step.Rates);
        var G2 = G * rates;
        var G1 = G2.matmul(weights[2].transpose(-1, -2)) * slope;
        Tensor[] gradients = [step.K.transpose(-1, -2).matmul(G1), G1, X.transpose(-1, -2).matmul(G2), G2];
        foreach (var tensor in gradients) tensor.MoveToOuterDisposeScope();
        return gradients;
    }

    /// <summary>gelu(z) = z (1 + tanh u) / 2, u = √(2/π) (z + 0.044715 z³), and its derivative.</summary>
    private static (Tensor Value, Tensor Slope) Activate(Tensor z)
    {
        using var scope = NewDisposeScope();
        var square = z.Squared();
        var tanh = (z * square.Times(_root * Cubic).Plus(_root)).tanh();
        var half = tanh.Plus(1).Times(0.5);
        var slope = half.Plus(z * tanh.Squared().neg().Plus(1) * square.Times(1.5 * _root * Cubic).Plus(0.5 * _root));
        return ((z * half).MoveToOuterDisposeScope(), slope.MoveToOuterDisposeScope());
    }
}
