namespace Tandem.Data.Published;

/// <summary>A file as it came from the server, before it was unpacked.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Url">Where it came from.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Sha256">SHA-256 in hexadecimal.</param>
/// <param name="VerifiedBy">The address of the checksum that it agreed with, or "trust on first use" where none is published.</param>
public sealed record FetchedFile(string Name, Uri Url, long SizeBytes, string Sha256, string VerifiedBy)
{
    /// <summary>The value of <see cref="VerifiedBy"/> where nothing was there to compare with.</summary>
    public const string FirstUse = "trust on first use";
}
