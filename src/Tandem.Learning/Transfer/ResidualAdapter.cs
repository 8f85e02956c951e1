using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// A change of T that starts at 0 and keeps T's scale: ΔT = α std(T) m̂ Decᵀ, m = softmax(q kᵀ / √F) v with q = LN(T̂ E_q + p),
/// k = LN(Ŝ E_k + r), v = Ŝ E_v; a hat is a division by the deviation, and Dec starts at 0: the first G is T to the bit.
/// </summary>
/// <remarks>
/// Ours. p and r are learned vectors for each row: the rows of two networks stand in no common order, and without them an attention cannot
/// tell the rows of a source apart but by what they hold. They tie the adapter to one pair of networks, which it is anyway. m is the mean
/// of many rows, and without its hat it would be the shorter the more rows a source has.
/// </remarks>
internal sealed class ResidualAdapter : ParameterAdapter
{
    private const double PlaceDeviation = 0.02;

    private readonly int _heads;
    [ComponentName(Name = "query")] private readonly SlotLinear _query;                 // E_q
    [ComponentName(Name = "key")] private readonly SlotLinear _key;                     // E_k
    [ComponentName(Name = "value")] private readonly SlotLinear _value;                 // E_v
    [ComponentName(Name = "decoder")] private readonly Parameter _decoder;              // [I, C]
    [ComponentName(Name = "target_places")] private readonly Parameter _targetPlaces;   // p [O, C]
    [ComponentName(Name = "source_places")] private readonly Parameter _sourcePlaces;   // r [P, C]
    [ComponentName(Name = "alpha")] private readonly Parameter _alpha;                  // [1]
    [ComponentName(Name = "query_norm")] private readonly LayerNorm _queryNorm;
    [ComponentName(Name = "key_norm")] private readonly LayerNorm _keyNorm;

    /// <param name="target">Rows and columns of T.</param>
    /// <param name="source">Rows and columns of S.</param>
    /// <param name="options">Width C, heads, α.</param>
    public ResidualAdapter((int Rows, int Columns) target, (int Rows, int Columns) source, TransferOptions options)
        : base(nameof(ResidualAdapter))
    {
        _heads = options.Heads;
        _query = Linears.Uniform(target.Columns, options.Width, hasBias: false);
        _key = Linears.Uniform(source.Columns, options.Width, hasBias: false);
        _value = Linears.Uniform(source.Columns, options.Width, hasBias: false);
        _decoder = nn.Parameter(zeros(target.Columns, options.Width));
        _targetPlaces = nn.Parameter(TensorArithmetic.Normal(PlaceDeviation, target.Rows, options.Width));
        _sourcePlaces = nn.Parameter(TensorArithmetic.Normal(PlaceDeviation, source.Rows, options.Width));
        _alpha = nn.Parameter(ones(1).Times(options.Alpha));
        _queryNorm = nn.LayerNorm(options.Width);
        _keyNorm = nn.LayerNorm(options.Width);
        RegisterComponents();
    }

    public override bool Replaces => false;

    public override Tensor Make(Tensor target, Tensor source)
    {
        using var scope = NewDisposeScope();
        var deviation = Scales.Deviation(target);
        var (T, S) = (Scales.Unit(target), Scales.Unit(source));
        var q = Heads(_queryNorm.forward(_query.forward(T).Plus(_targetPlaces)));
        var k = Heads(_keyNorm.forward(_key.forward(S).Plus(_sourcePlaces)));
        var read = nn.functional.scaled_dot_product_attention(q, k, Heads(_value.forward(S)));   // [1, h, O, C / h]
        var m = read.transpose(1, 2).reshape(target.shape[0], -1);
        var scaled = m / Scales.Deviation(m).Plus(Scales.Least);
        return (scaled.matmul(_decoder.t()) * _alpha * deviation).MoveToOuterDisposeScope();
    }

    /// <summary>[N, C] → [1, h, N, C / h], in which libtorch keeps no matrix of weights.</summary>
    private Tensor Heads(Tensor x) => x.view(1, x.shape[0], _heads, -1).transpose(1, 2);
}
