using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static Tandem.Learning.Layers.TensorArithmetic;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>
/// U, V, Q, K = split(silu(W₁ LN(x))); A = silu(Q Kᵀ + bias) / N, causal; y = x + W₂ (LN(A V) ⊙ U).
/// </summary>
internal sealed class HstuBlock : nn.Module
{
    private const double Epsilon = 1e-6; // of both norms, as in the authors' program

    private readonly HstuOptions _options;
    [ComponentName(Name = "uvqk")] private readonly SlotLinear _uvqk;                   // D → H (2 linear + 2 attention)
    [ComponentName(Name = "output")] private readonly SlotLinear _output;               // H linear → D
    [ComponentName(Name = "position_bias")] private readonly Parameter _positionBias;   // [Window], by places in between
    [ComponentName(Name = "time_bias")] private readonly Parameter _timeBias;           // [TimeBuckets]
    private readonly SeededDropout _dropout;

    public HstuBlock(HstuOptions options, Noise noise) : base(nameof(HstuBlock))
    {
        _options = options;
        var linear = options.Heads * options.LinearWidth;
        _uvqk = Linears.Xavier(options.Width, 2 * (linear + options.Heads * options.AttentionWidth), hasBias: false);
        _output = Linears.Xavier(linear, options.Width);
        _positionBias = nn.Parameter(Normal(SequenceModel.InitialDeviation, options.Window));
        _timeBias = nn.Parameter(Normal(SequenceModel.InitialDeviation, options.TimeBuckets));
        _dropout = new SeededDropout(options.Dropout, noise);
        RegisterComponents();
    }

    /// <param name="x">[B, T, D].</param>
    /// <param name="places">[T × T] int64 places between two steps.</param>
    /// <param name="buckets">[B × T × T] int64 buckets of the times between two steps; null where unknown.</param>
    /// <param name="mask">[T, T] 1 / N where step j is not after step i, else 0.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Mix(Tensor x, Tensor places, Tensor? buckets, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var (B, T, H) = (x.shape[0], x.shape[1], _options.Heads);
        var (linear, attention) = ((long)H * _options.LinearWidth, (long)H * _options.AttentionWidth);
        var parts = nn.functional.silu(_uvqk.forward(Norm(x))).split([linear, linear, attention, attention], dim: -1);
        var (U, V, Q, K) = (parts[0], Heads(parts[1]), Heads(parts[2]), Heads(parts[3])); // [B, T, H L], else [B, H, T, …]
        var bias = _positionBias.index_select(0, places).view(1, 1, T, T);
        if (buckets is not null) bias = bias.Plus(_timeBias.index_select(0, buckets).view(B, 1, T, T));
        var A = nn.functional.silu(Q.matmul(K.transpose(-1, -2)).Plus(bias)) * mask;    // [B, H, T, T]
        var read = Norm(A.matmul(V).transpose(1, 2).reshape(B, T, linear));             // over all heads at once
        return x.Plus(_output.forward(_dropout.forward(read * U))).MoveToOuterDisposeScope();
    }

    private static Tensor Norm(Tensor x) => nn.functional.layer_norm(x, [x.shape[^1]], eps: Epsilon);

    /// <summary>[B, T, H F] → [B, H, T, F].</summary>
    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], _options.Heads, -1).transpose(1, 2);
}
