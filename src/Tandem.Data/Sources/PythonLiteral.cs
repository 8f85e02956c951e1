using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tandem.Data.Sources;

/// <summary>
/// Rewrites a line of Python literals as JSON: dictionaries, lists, numbers, None, True, False, and texts in single or double quotes, with
/// the prefix u or none and the escapes of Python. Tuples, sets, bytes and raw texts stay as they are, and the JSON reader refuses them.
/// </summary>
internal sealed class PythonLiteral
{
    private readonly ArrayBufferWriter<byte> _json = new();

    /// <summary>True for a line that opens a dictionary with a text in single quotes, which no JSON does.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> line)
    {
        var text = line.TrimStart((byte)' ');
        return !text.IsEmpty && text[0] == '{' && text[1..].TrimStart((byte)' ') is [(byte)'\'', ..];
    }

    /// <summary>The line as JSON; valid until the next call. A text without an end stays open, for the JSON reader to refuse.</summary>
    public ReadOnlySpan<byte> ToJson(ReadOnlySpan<byte> line)
    {
        _json.ResetWrittenCount();
        while (!line.IsEmpty)
        {
            if (line is [(byte)'u', (byte)'\'' or (byte)'"', ..]) line = line[1..];
            line = line[0] is (byte)'\'' or (byte)'"' ? line[WriteText(line)..]
                : char.IsAsciiLetter((char)line[0]) ? line[WriteWord(line)..]
                : line[WriteByte(line[0])..];
        }
        return _json.WrittenSpan;
    }

    private int WriteWord(ReadOnlySpan<byte> line)
    {
        var length = 1;
        while (length < line.Length && char.IsAsciiLetter((char)line[length])) length++;
        var word = line[..length];
        _json.Write(word.SequenceEqual("None"u8) ? "null"u8
            : word.SequenceEqual("True"u8) ? "true"u8
            : word.SequenceEqual("False"u8) ? "false"u8 : word);
        return length;
    }

    /// <summary>Writes the text that begins at the quote; returns its length with both quotes.</summary>
    private int WriteText(ReadOnlySpan<byte> line)
    {
        var quote = line[0];
        WriteByte((byte)'"');
        var at = 1;
        while (at < line.Length && line[at] != quote)
            at += line[at] == '\\' ? WriteEscape(line[at..]) : WriteCharacter(line[at]);
        if (at == line.Length) return at;
        WriteByte((byte)'"');
        return at + 1;
    }

    /// <summary>Writes what stands for the escape; returns its length.</summary>
    private int WriteEscape(ReadOnlySpan<byte> text) => (text.Length > 1 ? (char)text[1] : '\0') switch
    {
        'n' => WritePoint('\n', 2),
        't' => WritePoint('\t', 2),
        'r' => WritePoint('\r', 2),
        'x' => WriteHexadecimal(text, digits: 2),
        'u' => WriteHexadecimal(text, digits: 4),
        'U' => WriteHexadecimal(text, digits: 8),
        '\\' or '\'' or '"' => WriteCharacter(text[1]) + 1,
        // Python keeps the backslash before a character that it does not know.
        _ => WriteCharacter((byte)'\\'),
    };

    private int WriteHexadecimal(ReadOnlySpan<byte> text, int digits)
    {
        if (text.Length < 2 + digits
            || !uint.TryParse(text.Slice(2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point))
        {
            return WriteCharacter((byte)'\\');
        }

        return WritePoint(point, 2 + digits);
    }

    /// <summary>Writes a code point as \u escapes (two, beyond the first 65,536); returns the length of what it stood for.</summary>
    private int WritePoint(uint point, int length)
    {
        if (point > 0xFFFF && Rune.TryCreate(point, out var rune))
        {
            Span<char> pair = stackalloc char[2];
            rune.EncodeToUtf16(pair);
            WriteUnit(pair[0]);
            WriteUnit(pair[1]);
        }
        else
        {
            WriteUnit(point);
        }

        return length;
    }

    private void WriteUnit(uint unit)
    {
        Span<byte> escape = stackalloc byte[16];
        Encoding.ASCII.TryGetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{unit:x4}"), escape, out var written);
        _json.Write(escape[..written]);
    }

    private int WriteCharacter(byte character)
    {
        if (character is (byte)'"' or (byte)'\\') WriteByte((byte)'\\');
        if (character >= ' ') return WriteByte(character);
        WriteUnit(character);
        return 1;
    }

    private int WriteByte(byte value)
    {
        _json.GetSpan(1)[0] = value;
        _json.Advance(1);
        return 1;
    }
}
