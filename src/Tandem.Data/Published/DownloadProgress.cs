namespace Tandem.Data.Published;

/// <summary>How far a download is.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Received">Bytes that are here, those of earlier runs included.</param>
/// <param name="Total">Bytes in all; null where the server does not say.</param>
/// <param name="Trouble">Why the connection is tried anew; null while bytes arrive.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Total, string? Trouble = null);
