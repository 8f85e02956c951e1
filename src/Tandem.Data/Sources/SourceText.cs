using System.Text;

namespace Tandem.Data.Sources;

/// <summary>Opens text files of a source. A byte order mark at the beginning is no part of the text.</summary>
internal static class SourceText
{
    private const int BufferBytes = 1 << 16;

    /// <summary>A file in UTF-8, packed with gzip or not; bytes that are not UTF-8 are a fault of the reading, with their place.</summary>
    public static StreamReader Open(string path) =>
        new(new Utf8CheckedStream(SourceFile.Open(path), Path.GetFileName(path)), Encoding.UTF8, detectEncodingFromByteOrderMarks: true,
            BufferBytes);

    /// <summary>
    /// A file whose publisher writes UTF-8 in some sets and Latin-1 in others. The bytes decide: a text of Latin-1 with a letter beyond
    /// ASCII is practically never UTF-8 by chance.
    /// </summary>
    public static StreamReader OpenUtf8OrLatin1(string path) => IsUtf8(path)
        ? Open(path)
        : new StreamReader(SourceFile.Open(path), Encoding.Latin1, detectEncodingFromByteOrderMarks: false, BufferBytes);

    private static bool IsUtf8(string path)
    {
        using var stream = new Utf8CheckedStream(SourceFile.Open(path), Path.GetFileName(path));
        try
        {
            stream.CopyTo(Stream.Null);
            return true;
        }
        catch (SourceException)
        {
            return false;
        }
    }
}
