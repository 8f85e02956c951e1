using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>Buffers that the blocks of HSTU use one after another.</summary>
internal sealed class HstuScratch
{
    private readonly Workspace _room;
    private readonly Slice _rows;
    private readonly Slice _uvqk;
    private readonly Slice _gated;
    private readonly Slice _mixed;
    private readonly Slice _line;

    public HstuScratch(HstuShape shape, long events, Workspace room)
    {
        _room = room;
        var linear = (long)shape.Heads * shape.LinearWidth;
        _rows = room.Reserve(events * shape.Width);
        _uvqk = room.Reserve(events * 2 * shape.Heads * (shape.LinearWidth + (long)shape.AttentionWidth));
        (_gated, _mixed) = (room.Reserve(events * linear), room.Reserve(events * linear));
        _line = room.Reserve(Math.Max(shape.Width, linear));
    }

    /// <summary>[max(D, H L)].</summary>
    public Span<float> Line => _room.Of(_line);

    /// <summary>[N × D].</summary>
    public Span<float> Rows(int length) => _room.Of(_rows, length);

    /// <summary>[N × 2 H (L + A)].</summary>
    public Span<float> Uvqk(int length) => _room.Of(_uvqk, length);

    /// <summary>[N × H L].</summary>
    public Span<float> Gated(int length) => _room.Of(_gated, length);

    /// <summary>[N × H L].</summary>
    public Span<float> Mixed(int length) => _room.Of(_mixed, length);
}
