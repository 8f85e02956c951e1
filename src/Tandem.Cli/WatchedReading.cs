using System.Diagnostics;
using Tandem.Data.Preparation;

namespace Tandem.Cli;

/// <summary>
/// Shows on standard error how fast a source is read: one line that changes on a terminal, now and then a line elsewhere.
/// </summary>
internal sealed class WatchedReading : IProgress<PreparationProgress>
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromSeconds(5);

    private readonly bool _live = Terminal.Error.Profile.Capabilities.Interactive && !Console.IsErrorRedirected;
    private long _shown = Stopwatch.GetTimestamp();

    /// <summary>The last report, for summaries.</summary>
    public PreparationProgress Last { get; private set; }

    public void Report(PreparationProgress value)
    {
        Last = value;
        var text = FormattableString.Invariant($"read {value.Rows:#,0} rows, {value.RowsPerSecond:#,0} rows/s");
        if (_live)
        {
            Terminal.Error.Profile.Out.Writer.Write($"\r{text}{(value.Finished ? "\n" : "")}");
        }
        else if (value.Finished || Stopwatch.GetElapsedTime(_shown) >= _betweenLines)
        {
            _shown = Stopwatch.GetTimestamp();
            Terminal.Error.PrintLine(text);
        }
    }
}
