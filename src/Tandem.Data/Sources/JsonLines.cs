using System.Text.Json;

namespace Tandem.Data.Sources;

/// <summary>Reads a file of one JSON object a line and knows where it is, so that a fault can name the place.</summary>
internal sealed class JsonLines(string path, string expected) : IDisposable
{
    private const int LongestLine = 64 << 20;
    private static readonly byte[] _byteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly Stream _stream = SourceFile.Open(path);
    private byte[] _buffer = new byte[1 << 16];
    private int _begin, _end, _lineBegin, _lineLength, _line;
    private bool _atEnd;

    /// <summary>The bytes of the line now, without its end.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineBegin, _lineLength);

    /// <summary>Goes to the next line.</summary>
    /// <exception cref="SourceException">The file is damaged, or a line has no end.</exception>
    public bool Next()
    {
        _line++;
        while (true)
        {
            var length = _buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
            if (length < 0 && !_atEnd)
            {
                Fill();
                continue;
            }
            if (length < 0 && _begin == _end) return false;
            Take(length < 0 ? _end - _begin : length);
            return true;
        }
    }

    public SourceException Fault(string what) => new(Path.GetFileName(path), _line, what, expected);

    /// <summary>Applies a reading of the line and turns the reader's faults into faults of the line.</summary>
    /// <exception cref="SourceException">The line is not JSON.</exception>
    public T Parse<T>(ReadOnlySpan<byte> line, ReadObject<T> read)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Fault("the line is not a JSON object");
            var result = read(ref reader);
            // A second value on the line is a fault that only reading on shows.
            while (reader.Read()) { }
            return result;
        }
        catch (JsonException e)
        {
            throw Fault($"not JSON at byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            throw Fault("a text is not UTF-8");
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Take(int length)
    {
        (_lineBegin, _lineLength) = (_begin, length);
        _begin = Math.Min(_end, _begin + length + 1);
        if (_lineLength > 0 && _buffer[_lineBegin + _lineLength - 1] == '\r') _lineLength--;
        if (_line > 1 || !Line.StartsWith(_byteOrderMark)) return;
        _lineBegin += _byteOrderMark.Length;
        _lineLength -= _byteOrderMark.Length;
    }

    private void Fill()
    {
        if (_begin > 0)
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine) throw Fault("the line has no end within 64 MB");
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }
        try
        {
            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _atEnd = read == 0;
            _end += read;
        }
        catch (InvalidDataException e)
        {
            throw new SourceException(Path.GetFileName(path), _line, e.Message, "a whole gzip file");
        }
    }

    /// <summary>Reads an object whose opening brace has been read, up to its closing brace.</summary>
    public delegate T ReadObject<out T>(ref Utf8JsonReader reader);
}
