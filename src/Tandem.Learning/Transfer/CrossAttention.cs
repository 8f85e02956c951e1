using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// MHA of the published program: LN(X + concatᵢ(softmax(Qᵢ Kᵢᵀ / √F) Vᵢ) W_o + b_o), where rows of X are the queries, rows of C keys and
/// values, without positions: the order of C's rows is of no matter. F = ⌊max(⌊(d_q + d_k) / 2⌋, 128) / h⌋.
/// </summary>
internal sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private const int LeastWidth = 128;
    private const double Epsilon = 1e-12;

    private readonly int _heads;
    [ComponentName(Name = "query")] private readonly SlotLinear _query;
    [ComponentName(Name = "key")] private readonly SlotLinear _key;
    [ComponentName(Name = "value")] private readonly SlotLinear _value;
    [ComponentName(Name = "output")] private readonly SlotLinear _output;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    private readonly SeededDropout _dropout;

    /// <param name="queries">d_q, the width of X.</param>
    /// <param name="keys">d_k, the width of C.</param>
    /// <param name="heads">h.</param>
    /// <param name="drop">Share of the attention weights that are dropped in training.</param>
    /// <param name="noise">Source of the masks.</param>
    public CrossAttention(int queries, int keys, int heads, double drop, Noise noise) : base(nameof(CrossAttention))
    {
        _heads = heads;
        var inner = heads * (Math.Max((queries + keys) / 2, LeastWidth) / heads);
        _query = Linears.Uniform(queries, inner, hasBias: true);
        _key = Linears.Uniform(keys, inner, hasBias: true);
        _value = Linears.Uniform(keys, inner, hasBias: true);
        _output = Linears.Uniform(inner, queries, hasBias: true);
        _norm = nn.LayerNorm(queries, eps: Epsilon);
        _dropout = new SeededDropout(drop, noise);
        RegisterComponents();
    }

    /// <param name="x">[…, N, d_q].</param>
    /// <param name="c">[M, d_k].</param>
    /// <returns>[…, N, d_q].</returns>
    public override Tensor forward(Tensor x, Tensor c)
    {
        using var scope = NewDisposeScope();
        var (Q, K, V) = (Heads(_query.forward(x)), Heads(_key.forward(c)), Heads(_value.forward(c)));
        var P = _dropout.forward(Q.matmul(K.transpose(-2, -1)).DividedBy(Math.Sqrt(Q.shape[^1])).softmax(dim: -1)); // […, h, N, M]
        var mixed = P.matmul(V).transpose(-3, -2).flatten(-2);                          // […, N, h F]
        return _norm.forward(x.Plus(_output.forward(mixed))).MoveToOuterDisposeScope();
    }

    /// <summary>[…, N, h F] → […, h, N, F].</summary>
    private Tensor Heads(Tensor x) => x.view([.. x.shape[..^1], _heads, -1]).transpose(-3, -2);
}
