using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// An embedding table whose gradient stays as rows: a step over a batch costs what the batch touches, not what the catalogue
/// holds. The optimiser reads <see cref="Gathered"/> after the backward pass.
/// </summary>
public sealed class RowTable : nn.Module
{
    private readonly List<(long[] Ids, Tensor Rows)> _gathered = [];

    /// <summary>[R, D]; excluded from autograd, which sees the gathered rows instead.</summary>
    public Parameter Weight => _weight;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    /// <param name="rows">R.</param>
    /// <param name="width">D.</param>
    /// <param name="deviation">Standard deviation of the initial normal values.</param>
    public RowTable(int rows, int width, double deviation) : base(nameof(RowTable))
    {
        _weight = nn.Parameter(TensorArithmetic.Normal(deviation, rows, width), requires_grad: false);
        RegisterComponents();
    }

    /// <summary>The rows gathered since the last <see cref="Forget"/>, each a leaf of autograd.</summary>
    public IReadOnlyList<(long[] Ids, Tensor Rows)> Gathered => _gathered;

    /// <summary>Rows by id, [N, D]. In training they are leaves that collect a gradient.</summary>
    /// <param name="ids">N row numbers; repeats allowed.</param>
    public Tensor Gather(long[] ids)
    {
        using var index = tensor(ids, device: _weight.device);
        var rows = _weight.index_select(0, index);
        if (!training || !is_grad_enabled()) return rows;
        rows.requires_grad_(true);
        // The optimiser reads their gradient after the scope of the loss is gone.
        _gathered.Add((ids, rows.DetachFromDisposeScope()));
        return rows;
    }

    /// <summary>A copy of all rows, [R × D] row-major.</summary>
    public float[] Values() => TensorValues.Copy(_weight);

    /// <summary>Lets go of the last step's rows.</summary>
    public void Forget()
    {
        foreach (var (_, rows) in _gathered) rows.Dispose();
        _gathered.Clear();
    }
}
