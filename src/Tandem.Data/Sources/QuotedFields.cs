namespace Tandem.Data.Sources;

/// <summary>
/// The fields of a row in which there are quotes. As in RFC 4180 a double quote is special only at the beginning of a field: up to the
/// next single one everything belongs to the field, separators and line ends included, and two mean one. Anywhere else it is a
/// character like any other.
/// </summary>
internal sealed class QuotedFields(char separator)
{
    private const char Quote = '"';

    private readonly List<int> _ends = [];
    private char[] _text = new char[256];
    private int _length;

    public int Count => _ends.Count;

    /// <summary>Characters of all fields so far.</summary>
    public int Length => _length;

    /// <summary>True where the quotes of the last field have not closed yet: the next line goes on with it.</summary>
    public bool IsOpen { get; private set; }

    public ReadOnlySpan<char> this[int field] => _text.AsSpan((field == 0 ? 0 : _ends[field - 1]).._ends[field]);

    public void Clear()
    {
        _ends.Clear();
        (_length, IsOpen) = (0, false);
    }

    /// <summary>Takes in a line without its end; false where text follows the quote that closes a field.</summary>
    public bool Add(ReadOnlySpan<char> line)
    {
        if (IsOpen) Append("\n");
        for (var at = 0; ; at++)
        {
            if (!IsOpen && at < line.Length && line[at] == Quote)
            {
                IsOpen = true;
                at++;
            }
            at += IsOpen ? AddQuoted(line[at..]) : AddPlain(line[at..]);
            if (IsOpen) return true;
            if (at < line.Length && line[at] != separator) return false;
            _ends.Add(_length);
            if (at == line.Length) return true;
        }
    }

    /// <summary>How many characters were taken, the closing quote included.</summary>
    private int AddQuoted(ReadOnlySpan<char> rest)
    {
        for (var at = 0; ;)
        {
            var length = rest[at..].IndexOf(Quote);
            if (length < 0)
            {
                Append(rest[at..]);
                return rest.Length;
            }
            Append(rest.Slice(at, length));
            at += length + 1;
            if (at == rest.Length || rest[at] != Quote)
            {
                IsOpen = false;
                return at;
            }
            Append(rest.Slice(at++, 1));
        }
    }

    private int AddPlain(ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOf(separator) is >= 0 and var end ? end : rest.Length;
        Append(rest[..length]);
        return length;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (_text.Length - _length < text.Length) Array.Resize(ref _text, Math.Max(_length + text.Length, 2 * _text.Length));
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }
}
