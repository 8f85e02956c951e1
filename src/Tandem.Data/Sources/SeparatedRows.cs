using System.Globalization;
using nietras.SeparatedValues;

namespace Tandem.Data.Sources;

/// <summary>Reads separated values under a header row by row and knows where it is, so that a fault can name the place.</summary>
internal sealed class SeparatedRows : IDisposable
{
    private readonly string _file;
    private readonly string _expected;
    private readonly SepReader _reader;
    private readonly string[] _header;
    private readonly bool _quoted;
    private int _line;

    /// <summary>Opens the file and reads its header.</summary>
    /// <param name="path">The file, packed with gzip or not, in UTF-8.</param>
    /// <param name="separator">Between the fields.</param>
    /// <param name="quoted">True where fields may stand in double quotes; false where a quote is a character like any other.</param>
    /// <param name="expected">The form of a row, for faults.</param>
    public SeparatedRows(string path, char separator, bool quoted, string expected)
    {
        (_file, _expected, _quoted) = (Path.GetFileName(path), expected, quoted);
        // The header is a row like the others here: the library's own faults do not say which file they are of.
        try
        {
            _reader = Sep.New(separator)
                .Reader(o => o with { HasHeader = false, DisableColCountCheck = true, Unescape = quoted, DisableQuotesParsing = !quoted })
                .From(new StreamReader(SourceFile.Open(path)));
        }
        catch (NotSupportedException)
        {
            throw new SourceException(_file, 1, "the line has no end within 16 million characters", expected);
        }
        if (!MoveNext()) throw new SourceException(_file, 1, "there is no header", expected);
        _header = new string[_reader.Current.ColCount];
        for (var column = 0; column < _header.Length; column++)
            _header[column] = this[column].ToString();
    }

    public IReadOnlyList<string> Header => _header;

    /// <summary>The field of the row now.</summary>
    public ReadOnlySpan<char> this[int column] => _reader.Current[column].Span;

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
        var fields = _reader.Current.ColCount;
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

    public float Value(int column) =>
        float.TryParse(this[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw Fault($"{_header[column]} '{this[column]}' is not a number");

    /// <summary>Unix seconds; a field with a decimal point or an exponent is cut off to whole seconds.</summary>
    public long Time(int column, TimeUnit unit)
    {
        if (!long.TryParse(this[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time))
        {
            if (!double.TryParse(this[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var real) || !(Math.Abs(real) < 1e18))
                throw Fault($"{_header[column]} '{this[column]}' is not a number");
            time = (long)Math.Floor(real);
        }
        return unit == TimeUnit.Milliseconds ? time / 1000 : time;
    }

    public void Dispose() => _reader.Dispose();

    private bool MoveNext()
    {
        try
        {
            var moved = _reader.MoveNext();
            if (!moved) return false;
            // Of the first row the library gives the line where it ends.
            _line = _line == 0 ? 1 : _reader.Current.LineNumberFrom;
            // The library takes a quote that never closes as closed by the end of the file, and all lines up to there as one field.
            if (_quoted && _reader.Current.Span.Count('"') % 2 != 0) throw Fault("a quote does not close");
            return true;
        }
        catch (NotSupportedException)
        {
            throw new SourceException(_file, _line + 1, "the row has no end within 16 million characters", $"quotes that close, and {_expected}");
        }
    }
}
