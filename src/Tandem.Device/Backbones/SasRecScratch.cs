using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>Buffers that the blocks of SASRec use one after another.</summary>
internal sealed class SasRecScratch
{
    private readonly Workspace _room;
    private readonly Slice _added;
    private readonly Slice _rows;
    private readonly Slice _qkv;
    private readonly Slice _active;
    private readonly Slice _hidden;
    private readonly Slice _line;

    public SasRecScratch(SasRecShape shape, long events, Workspace room)
    {
        _room = room;
        var rows = events * shape.Width;
        (_added, _rows, _qkv, _active) = (room.Reserve(rows), room.Reserve(rows), room.Reserve(3 * rows), room.Reserve(events * shape.Inner));
        _hidden = room.Reserve(shape.Block == SasRecBlockForm.Ligr ? 2 * events * shape.Inner : 0);
        _line = room.Reserve(Math.Max(shape.Width, events));
    }

    /// <summary>[max(D, N)].</summary>
    public Span<float> Line => _room.Of(_line);

    /// <summary>[N × D].</summary>
    public Span<float> Added(int length) => _room.Of(_added, length);

    /// <summary>[N × D].</summary>
    public Span<float> Rows(int length) => _room.Of(_rows, length);

    /// <summary>[N × 3 D].</summary>
    public Span<float> Qkv(int length) => _room.Of(_qkv, length);

    /// <summary>[N × M].</summary>
    public Span<float> Active(int length) => _room.Of(_active, length);

    /// <summary>[N × 2 M], of LiGR's blocks.</summary>
    public Span<float> Hidden(int length) => _room.Of(_hidden, length);
}
