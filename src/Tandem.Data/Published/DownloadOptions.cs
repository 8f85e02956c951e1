namespace Tandem.Data.Published;

/// <summary>How patient a download is.</summary>
public sealed record DownloadOptions
{
    /// <summary>
    /// Tries after a failure before it gives up; counted anew as long as bytes have arrived since the first of them; default 4.
    /// </summary>
    public int Retries { get; init; } = 4;

    /// <summary>Wait before the first new try; doubled each time; default 1 second.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection that sends nothing for so long counts as cut; default 60 seconds.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);
}
