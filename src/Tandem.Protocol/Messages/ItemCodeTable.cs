using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Protocol.Messages;

/// <summary>
/// One code for each item of a catalogue, shared by items that are alike, so that a history of codes tells what kind of items a user met
/// and of no item that it was that one.
/// </summary>
public sealed record ItemCodeTable
{
    /// <summary>Most items of a table.</summary>
    public const int MostItems = 1 << 24;

    /// <summary>The numbering of the items.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>Names the table: the first 16 hexadecimal digits of the SHA-256 of <see cref="Codes"/>.</summary>
    public required string Version { get; init; }

    /// <summary>[V] uint16, little-endian: the codes of the items 1 … V; base64 in JSON.</summary>
    public required byte[] Codes { get; init; }

    /// <summary>A table of codes.</summary>
    /// <param name="catalogVersion">The numbering of the items.</param>
    /// <param name="codes">[V] codes of the items 1 … V.</param>
    public static ItemCodeTable Of(string catalogVersion, ReadOnlySpan<ushort> codes)
    {
        var bytes = MemoryMarshal.AsBytes(codes).ToArray();
        return new() { CatalogVersion = catalogVersion, Version = VersionOf(bytes), Codes = bytes };
    }

    /// <summary>Checks all but the catalogue's version, which only the device can compare with its own.</summary>
    /// <param name="items">V of the device's catalogue.</param>
    /// <param name="fault">The first fault, or null.</param>
    public bool TryValidate(int items, [NotNullWhen(false)] out string? fault)
    {
        fault = Codes.Length != 2L * items ? $"{Codes.Length} bytes of codes for {items} items, expected 2 for each"
            : Version != VersionOf(Codes) ? "the codes are not those that the version names; fetch them again"
            : null;
        return fault is null;
    }

    /// <summary>The code of an item.</summary>
    /// <param name="item">1 … V.</param>
    public int this[int item] => MemoryMarshal.Cast<byte, ushort>(Codes)[item - 1];

    private static string VersionOf(byte[] codes) => Convert.ToHexStringLower(SHA256.HashData(codes))[..16];
}
