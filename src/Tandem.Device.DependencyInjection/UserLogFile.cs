using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Device.DependencyInjection;

/// <summary>Where a user's events are.</summary>
internal static class UserLogFile
{
    /// <summary>
    /// The lower-case SHA-256 of the id's UTF-16 with <c>.log</c>: of one length, free of separators and of reserved names, and another one
    /// for every other id. Not of its UTF-8: an encoder replaces every unpaired surrogate by the same character, and two ids could
    /// then share a file.
    /// </summary>
    public static string NameOf(string userId) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(userId.AsSpan()))) + ".log";
}
