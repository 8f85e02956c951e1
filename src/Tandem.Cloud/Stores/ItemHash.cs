using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Tandem.Cloud.Stores;

/// <summary>
/// Four bytes that stand for an item's key in a kept list: of 200 listed items one is taken for another item once in 20 million events.
/// </summary>
public static class ItemHash
{
    /// <summary>XXH32 of the key's UTF-16 code units, little-endian.</summary>
    public static uint Of(string key) => XxHash32.HashToUInt32(MemoryMarshal.AsBytes(key.AsSpan()));
}
