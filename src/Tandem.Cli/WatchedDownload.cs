using System.Diagnostics;
using Tandem.Data.Published;

namespace Tandem.Cli;

/// <summary>Shows on standard error how a download goes: one line that changes on a terminal, now and then a line elsewhere.</summary>
internal sealed class WatchedDownload : IProgress<DownloadProgress>
{
    private readonly bool _live = Terminal.Error.Profile.Capabilities.Interactive && !Console.IsErrorRedirected;
    private readonly TimeSpan _betweenLines;
    private long _shown = Stopwatch.GetTimestamp();

    public WatchedDownload() => _betweenLines = _live ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);

    public void Report(DownloadProgress value)
    {
        var whole = value.Received == value.Total;
        if (value.Trouble is null && !whole && Stopwatch.GetElapsedTime(_shown) < _betweenLines) return;
        _shown = Stopwatch.GetTimestamp();
        var text = Text(value);
        if (_live) Terminal.Error.Profile.Out.Writer.Write($"\r{text}   {(whole || value.Trouble is not null ? "\n" : "")}");
        else Terminal.Error.PrintLine(text);
    }

    private static string Text(DownloadProgress value)
    {
        var total = value.Total is { } bytes ? FormattableString.Invariant($" of {bytes / 1e6:0.0}") : "";
        var trouble = value.Trouble is { } why ? $"; {why}; trying again" : "";
        return FormattableString.Invariant($"{value.File}: {value.Received / 1e6:0.0}{total} MB{trouble}");
    }
}
