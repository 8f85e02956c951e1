using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// For tables whose rows stand for the same things, such as items, ΔTᵢ = α std(T) M ŝᵢ: one map M, which starts at 0, of the source's rows,
/// each divided by its deviation. A row of zeros, such as padding's, changes nothing.
/// </summary>
/// <remarks>Ours: norms of rows of another model follow how often it saw them, and would drown all else (arXiv 2604.20490).</remarks>
internal sealed class RowAlignedAdapter : ParameterAdapter
{
    [ComponentName(Name = "map")] private readonly Parameter _map;                      // M [D, Q]
    [ComponentName(Name = "alpha")] private readonly Parameter _alpha;                  // [1]

    /// <param name="target">Rows and columns of T.</param>
    /// <param name="source">Rows and columns of S; as many rows.</param>
    /// <param name="options">α.</param>
    /// <exception cref="ArgumentException">Rows differ in number.</exception>
    public RowAlignedAdapter((int Rows, int Columns) target, (int Rows, int Columns) source, TransferOptions options)
        : base(nameof(RowAlignedAdapter))
    {
        if (target.Rows != source.Rows)
        {
            throw new ArgumentException(
                $"a table of {target.Rows} rows and a source of {source.Rows}; a row-aligned adapter needs one row for each",
                nameof(source));
        }

        _map = nn.Parameter(zeros(target.Columns, source.Columns));
        _alpha = nn.Parameter(ones(1).Times(options.Alpha));
        RegisterComponents();
    }

    public override bool Replaces => false;

    internal override Tensor Encode(Tensor source) => Scales.UnitRows(source);

    internal override Tensor MakeAll(Tensor targets, Tensor source)
    {
        using var scope = NewDisposeScope();
        var maps = _map * _alpha * Scales.Deviation(targets);                           // [N, D, Q]
        return source.matmul(maps.transpose(1, 2)).MoveToOuterDisposeScope();
    }
}
