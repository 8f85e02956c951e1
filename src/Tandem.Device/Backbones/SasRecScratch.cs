using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>Buffers that the blocks of SASRec use one after another.</summary>
internal sealed class SasRecScratch
{
    private readonly Workspace _workspace;
    private readonly Slice _added;
    private readonly Slice _rows;
    private readonly Slice _qkv;
    private readonly Slice _active;
    private readonly Slice _hidden;
    private readonly Slice _row;

    public SasRecScratch(SasRecShape shape, long events, Workspace workspace)
    {
        _workspace = workspace;
        var rows = events * shape.Width;
        (_added, _rows, _qkv) = (workspace.Reserve(rows), workspace.Reserve(rows), workspace.Reserve(3 * rows));
        _active = workspace.Reserve(events * shape.Inner);
        _hidden = workspace.Reserve(shape.Block == SasRecBlockForm.Ligr ? 2 * events * shape.Inner : 0);
        _row = workspace.Reserve(Math.Max(shape.Width, events));
    }

    /// <summary>[max(D, N)].</summary>
    public Span<float> Row => _workspace.Of(_row);

    /// <summary>[N × D].</summary>
    public Span<float> Added(int length) => _workspace.Of(_added, length);

    /// <summary>[N × D].</summary>
    public Span<float> Rows(int length) => _workspace.Of(_rows, length);

    /// <summary>[N × 3 D].</summary>
    public Span<float> Qkv(int length) => _workspace.Of(_qkv, length);

    /// <summary>[N × M].</summary>
    public Span<float> Active(int length) => _workspace.Of(_active, length);

    /// <summary>[N × 2 M], of LiGR's blocks.</summary>
    public Span<float> Hidden(int length) => _workspace.Of(_hidden, length);
}
