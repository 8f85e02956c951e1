namespace Tandem.Protocol.Bundles;

/// <summary>One file of a bundle, as its manifest promises it.</summary>
/// <param name="Name">Plain file name: letters, digits, '.', '_' and '-' only, not starting with '.'. Never a path.</param>
/// <param name="SizeBytes">Length in bytes.</param>
/// <param name="Sha256">SHA-256 of the content, 64 hexadecimal digits.</param>
public sealed record BundleFile(string Name, long SizeBytes, string Sha256)
{
    private const int LongestName = 255;

    /// <summary>Whether the name can only mean a file directly in the bundle's folder, on every system.</summary>
    internal bool HasPlainName =>
        Name.Length is > 0 and <= LongestName
        && Name[0] != '.'
        && Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
