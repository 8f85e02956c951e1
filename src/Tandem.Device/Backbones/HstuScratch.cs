using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>Buffers that the blocks of HSTU use one after another.</summary>
internal sealed class HstuScratch
{
    private readonly Workspace _workspace;
    private readonly Slice _rows;
    private readonly Slice _uvqk;
    private readonly Slice _gated;
    private readonly Slice _mixed;
    private readonly Slice _row;

    public HstuScratch(HstuShape shape, long events, Workspace workspace)
    {
        _workspace = workspace;
        var linear = (long)shape.Heads * shape.LinearWidth;
        _rows = workspace.Reserve(events * shape.Width);
        _uvqk = workspace.Reserve(events * 2 * shape.Heads * (shape.LinearWidth + (long)shape.AttentionWidth));
        (_gated, _mixed) = (workspace.Reserve(events * linear), workspace.Reserve(events * linear));
        _row = workspace.Reserve(Math.Max(shape.Width, linear));
    }

    /// <summary>[max(D, H L)].</summary>
    public Span<float> Row => _workspace.Of(_row);

    /// <summary>[N × D].</summary>
    public Span<float> Rows(int length) => _workspace.Of(_rows, length);

    /// <summary>[N × 2 H (L + A)].</summary>
    public Span<float> Uvqk(int length) => _workspace.Of(_uvqk, length);

    /// <summary>[N × H L].</summary>
    public Span<float> Gated(int length) => _workspace.Of(_gated, length);

    /// <summary>[N × H L].</summary>
    public Span<float> Mixed(int length) => _workspace.Of(_mixed, length);
}
