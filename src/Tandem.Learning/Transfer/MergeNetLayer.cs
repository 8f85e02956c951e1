using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// One knowledge transfer layer, T, S → T′, as in the published program: with H the four cross-attentions of rows and columns,
/// M = mean of H(T, S), H(T, Sᵀ), H(Tᵀ, S)ᵀ, H(Tᵀ, Sᵀ)ᵀ; T′ = LN(SN(W₂) gelu(SN(W₁) M + b₁) + b₂ + M).
/// </summary>
/// <remarks>160 × 960 with a source of 100 × 2048 and 8 heads has 18,816,960 parameters. The paper's figure has no feed-forward.</remarks>
internal sealed class MergeNetLayer : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Epsilon = 1e-12;

    /// <summary>The paths in order, whether T is turned for them, and whether S is.</summary>
    private static readonly (AttentionPaths Path, bool OfColumns, bool ToColumns)[] _paths =
    [
        (AttentionPaths.RowsToRows, false, false), (AttentionPaths.RowsToColumns, false, true),
        (AttentionPaths.ColumnsToRows, true, false), (AttentionPaths.ColumnsToColumns, true, true),
    ];

    private readonly (bool OfColumns, bool ToColumns)[] _turns;
    [ComponentName(Name = "attentions")] private readonly ModuleList<CrossAttention> _attentions;
    [ComponentName(Name = "mix")] private readonly Parameter? _mix;                     // [paths]
    [ComponentName(Name = "expand")] private readonly SpectralLinear _expand;           // I → 2 I
    [ComponentName(Name = "contract")] private readonly SpectralLinear _contract;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    private readonly SeededDropout _dropout;

    /// <param name="target">Rows and columns of T.</param>
    /// <param name="source">Rows and columns of S.</param>
    /// <param name="options">Heads, paths, mix, dropout.</param>
    /// <param name="noise">Source of dropout masks.</param>
    public MergeNetLayer((int Rows, int Columns) target, (int Rows, int Columns) source, TransferOptions options, Noise noise)
        : base(nameof(MergeNetLayer))
    {
        var paths = _paths.Where(path => options.Paths.HasFlag(path.Path)).ToArray();
        _turns = [.. paths.Select(path => (path.OfColumns, path.ToColumns))];
        _attentions = nn.ModuleList([.. paths.Select(path => new CrossAttention(
            path.OfColumns ? target.Rows : target.Columns, path.ToColumns ? source.Rows : source.Columns, options.HeadCount,
            options.AttentionDropout, noise))]);
        _mix = options.Mix == AdapterMix.Softmax ? nn.Parameter(zeros(paths.Length)) : null;
        _expand = new SpectralLinear(target.Columns, 2 * target.Columns);
        _contract = new SpectralLinear(2 * target.Columns, target.Columns);
        _norm = nn.LayerNorm(target.Columns, eps: Epsilon);
        _dropout = new SeededDropout(options.OutputDropout, noise);
        RegisterComponents();
    }

    /// <param name="target">T […, O, I].</param>
    /// <param name="source">S [P, Q].</param>
    /// <returns>T′ […, O, I].</returns>
    public override Tensor forward(Tensor target, Tensor source)
    {
        using var scope = NewDisposeScope();
        var H = stack([.. Enumerable.Range(0, _turns.Length).Select(path => Attend(path, target, source))]); // [paths, …, O, I]
        var M = _mix is null ? H.mean([0]) : _mix.softmax(0).matmul(H.flatten(1)).view(target.shape);
        return _norm.forward(_dropout.forward(_contract.forward(Gelu(_expand.forward(M)))).Plus(M)).MoveToOuterDisposeScope();
    }

    /// <summary>One path's answer, turned back to T's axes.</summary>
    /// <param name="path">Which of those that are there.</param>
    /// <param name="target">T […, O, I].</param>
    /// <param name="source">S [P, Q].</param>
    internal Tensor Attend(int path, Tensor target, Tensor source)
    {
        var (ofColumns, toColumns) = _turns[path];
        var answer = _attentions[path].forward(ofColumns ? target.transpose(-2, -1) : target, toColumns ? source.t() : source);
        return ofColumns ? answer.transpose(-2, -1) : answer;
    }

    /// <summary>x (1 + tanh(√(2/π) (x + .044715 x³))) / 2, the published program's form.</summary>
    private static Tensor Gelu(Tensor x)
    {
        var inner = x.Plus((x.Squared() * x).Times(0.044715)).Times(Math.Sqrt(2 / Math.PI));
        return (inner.tanh().Plus(1.0) * x).Times(0.5);
    }
}
