using Tandem.Data;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>Histories side by side as a backbone reads them: the newest events of each, oldest first, padding on the right.</summary>
internal sealed class HistoryRows
{
    /// <param name="histories">B histories, any lengths; one without events is read as one of padding.</param>
    /// <param name="backbone">Says how long a row may be, and what of the events beside their items is read.</param>
    public HistoryRows(ReadOnlySpan<History> histories, Backbone backbone)
    {
        foreach (var history in histories) Steps = Math.Max(Steps, Math.Min(history.Length, backbone.Window));
        (Rows, Ids, Last) = (histories.Length, new long[histories.Length * Steps], new long[histories.Length]);
        for (var row = 0; row < Rows; row++)
        {
            var items = Seen(histories[row], backbone).Items.Span;
            for (var t = 0; t < items.Length; t++) Ids[row * Steps + t] = items[t];
            Last[row] = row * Steps + Math.Max(items.Length, 1) - 1;
        }
    }

    /// <summary>B.</summary>
    public int Rows { get; }

    /// <summary>T, the longest of them.</summary>
    public int Steps { get; } = 1;

    /// <summary>[B × T] item ids, 0 for padding.</summary>
    public long[] Ids { get; }

    /// <summary>[B] places of the last events among B × T.</summary>
    public long[] Last { get; }

    /// <summary>What the backbone uses; nothing that a history lacks.</summary>
    /// <inheritdoc cref="HistoryRows(ReadOnlySpan{History}, Backbone)" path="/param"/>
    public EventFeatures Features(ReadOnlySpan<History> histories, Backbone backbone)
    {
        var (withTimes, withValues) = (backbone.UsesTimes, backbone.UsesValues);
        foreach (var history in histories)
        {
            withTimes &= history.Length == 0 || !history.Times.IsEmpty;
            withValues &= history.Length == 0 || !history.Values.IsEmpty;
        }

        var times = new long[withTimes ? Rows * Steps : 0];
        var values = new float[withValues ? Rows * Steps : 0];
        for (var row = 0; row < Rows; row++)
        {
            var seen = Seen(histories[row], backbone);
            if (withTimes) seen.Times.Span.CopyTo(times.AsSpan(row * Steps));
            if (withValues) seen.Values.Span.CopyTo(values.AsSpan(row * Steps));
        }

        return new(withTimes ? tensor(times, Rows, Steps) : null, withValues ? tensor(values, Rows, Steps) : null);
    }

    /// <summary>The events within the window.</summary>
    private static History Seen(History history, Backbone backbone)
    {
        var first = Math.Max(0, history.Length - backbone.Window);
        return history.Slice(first, history.Length - first);
    }
}
