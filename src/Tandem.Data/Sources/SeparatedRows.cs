using System.Globalization;
using nietras.SeparatedValues;

namespace Tandem.Data.Sources;

/// <summary>Reads separated values under a header row by row and knows where it is, so that a fault can name the place.</summary>
internal sealed class SeparatedRows : IDisposable
{
    private const int LongestRow = 1 << 24;

    private readonly string _file;
    private readonly string _expected;
    private readonly SepReader _reader;
    private readonly string[] _header;
    private readonly QuotedFields? _fields;
    private bool _hasQuotes;
    private int _line, _lastLine;
    private int _spanningLines, _firstSpanning;

    /// <summary>Opens the file and reads its header.</summary>
    /// <param name="path">The file, packed with gzip or not, in UTF-8.</param>
    /// <param name="separator">Between the fields.</param>
    /// <param name="quoted">True where fields may stand in double quotes; false where a quote is a character like any other.</param>
    /// <param name="expected">The form of a row, for faults.</param>
    public SeparatedRows(string path, char separator, bool quoted, string expected)
    {
        (_file, _expected) = (Path.GetFileName(path), expected);
        if (quoted) _fields = new QuotedFields(separator);
        // The library takes a quote anywhere in a field for the beginning of a quotation and so joins rows; it is left to split lines
        // without any. The header is a row like the others here: the library's own faults do not say which file they are of.
        try
        {
            _reader = Sep.New(separator)
                .Reader(o => o with { HasHeader = false, DisableColCountCheck = true, DisableQuotesParsing = true })
                .From(SourceText.Open(path));
        }
        catch (NotSupportedException)
        {
            throw new SourceException(_file, 1, "the line has no end within 16 million characters", expected);
        }
        if (!MoveNext()) throw new SourceException(_file, 1, "there is no header", expected);
        _header = new string[Fields];
        for (var column = 0; column < _header.Length; column++)
            _header[column] = this[column].ToString();
    }

    public IReadOnlyList<string> Header => _header;

    /// <summary>One line for a person where fields in quotes went on over lines, as stray quotes make them, or null.</summary>
    public string? QuotesLine => _spanningLines == 0 ? null
        : $"{_file}: {_spanningLines} row{(_spanningLines == 1 ? " goes" : "s go")} "
            + $"on over lines within quotes, from line {_firstSpanning} on; "
            + "where a field is meant to begin with a quote, write it doubled and the field in quotes";

    private int Fields => _hasQuotes ? _fields!.Count : _reader.Current.ColCount;

    /// <summary>The field of the row now.</summary>
    public ReadOnlySpan<char> this[int column] => _hasQuotes ? _fields![column] : _reader.Current[column].Span;

    /// <summary>Lines for a person on what was left unread and noticed.</summary>
    /// <param name="read">Places of the columns that were read.</param>
    public string[] Lines(params ReadOnlySpan<int> read)
    {
        var unread = new List<string>();
        for (var column = 0; column < _header.Length; column++)
            if (!read.Contains(column)) unread.Add(_header[column].Split(':')[0]);
        var line = unread.Count == 0 ? null : $"{_file}: column{(unread.Count == 1 ? "" : "s")} not read: {string.Join(", ", unread)}";
        return [.. new[] { line, QuotesLine }.OfType<string>()];
    }

    /// <summary>The column's place, or -1 where the header does not name it.</summary>
    public int Find(string column) => Array.IndexOf(_header, column);

    /// <summary>The column's place.</summary>
    /// <exception cref="SourceException">The header does not name it.</exception>
    public int Require(string column) => Find(column) is >= 0 and var at
        ? at
        : throw new SourceException(_file, 1, $"no column '{column}' among '{string.Join(", ", _header)}'", _expected);

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="SourceException">It has another number of fields than the header.</exception>
    /// <exception cref="DatasetException">The file is packed and not whole.</exception>
    public bool Next()
    {
        if (!MoveNext()) return false;
        var fields = Fields;
        if (fields != _header.Length)
            throw Fault($"the line has {fields} field{(fields == 1 ? "" : "s")} and the header {_header.Length}");
        return true;
    }

    public SourceException Fault(string what) => new(_file, _line, what, _expected);

    public string Key(int column)
    {
        var key = this[column];
        return key.IsEmpty ? throw Fault($"{_header[column]} is empty") : key.ToString();
    }

    /// <param name="column">Its place.</param>
    /// <param name="remedy">What to do about a field that is no number; null: correct the line or remove it.</param>
    public float Value(int column, string? remedy = null) =>
        float.TryParse(this[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw new SourceException(_file, _line, $"{_header[column]} '{this[column]}' is not a number", _expected, remedy);

    /// <summary>The whole time, parts of seconds included.</summary>
    /// <param name="column">Its place.</param>
    /// <param name="unit">The unit of a number.</param>
    /// <param name="remedy">What to do about a field that is no time; null: correct the line or remove it.</param>
    public UnixTime Time(int column, TimeUnit unit, string? remedy = null) => UnixTime.Parse(this[column], unit)
        ?? throw new SourceException(_file, _line, $"{_header[column]} '{this[column]}' is no time", UnixTime.Forms, remedy);

    public void Dispose() => _reader.Dispose();

    private bool MoveNext()
    {
        if (!MoveLine()) return false;
        _line = _lastLine;
        _hasQuotes = _fields is not null && _reader.Current.Span.Contains('"');
        if (_hasQuotes) ReadQuoted(_fields!);
        return true;
    }

    private void ReadQuoted(QuotedFields fields)
    {
        fields.Clear();
        while (fields.Add(_reader.Current.Span))
        {
            if (!fields.IsOpen)
            {
                if (_lastLine == _line) return;
                if (_spanningLines++ == 0) _firstSpanning = _line;
                return;
            }
            if (fields.Length > LongestRow)
            {
                throw new SourceException(
                    _file, _line, "the row has no end within 16 million characters", $"quotes that close, and {_expected}");
            }

            if (!MoveLine()) throw Fault("a quote does not close");
        }
        throw Fault($"text follows a closing quote{(_lastLine == _line ? "" : $" on line {_lastLine}")}");
    }

    private bool MoveLine()
    {
        try
        {
            if (!_reader.MoveNext()) return false;
            _lastLine++;
            return true;
        }
        catch (NotSupportedException)
        {
            throw new SourceException(
                _file, _lastLine + 1, "the row has no end within 16 million characters", $"quotes that close, and {_expected}");
        }
    }
}
