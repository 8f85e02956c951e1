using System.Globalization;
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
    private bool _atEnd, _isOpen, _behindReturn;

    /// <summary>The bytes of the line now, without its end.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineBegin, _lineLength);

    /// <summary>Goes to the next line; a line ends with a line feed, a carriage return or both.</summary>
    /// <exception cref="SourceException">A line has no end.</exception>
    /// <exception cref="DatasetException">The file is packed and not whole.</exception>
    public bool Next()
    {
        _line++;
        while (true)
        {
            if (_behindReturn) FinishLineEnd();
            var length = _buffer.AsSpan(_begin, _end - _begin).IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0 && !_atEnd)
            {
                Fill();
                continue;
            }
            if (length < 0 && _begin == _end) return false;
            _isOpen = length < 0;
            Take(length < 0 ? _end - _begin : length);
            return true;
        }
    }

    public SourceException Fault(string what) => new(Path.GetFileName(path), _line, what, expected);

    /// <summary>Applies a reading of the line and turns the reader's faults into faults of the line.</summary>
    /// <exception cref="SourceException">The line is not JSON.</exception>
    /// <exception cref="DatasetException">The file ends within the line.</exception>
    public T Parse<T>(ReadOnlySpan<byte> line, ReadObject<T> read)
    {
        if (line.Trim(" \t"u8).IsEmpty) throw Fault("the line is empty");
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Fault("the line is not a JSON object");
            var result = read(ref reader);
            // A second value on the line is a fault that only reading on shows.
            while (reader.Read()) { }
            return result;
        }
        catch (JsonException) when (_isOpen && IsBeginning(line))
        {
            throw new DatasetException(
                string.Create(CultureInfo.InvariantCulture, $"the file ends early, within line {_line}"), path,
                "a whole JSON object on every line", "fetch it again");
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
        _behindReturn = !_isOpen && _buffer[_begin - 1] == '\r';
        if (_line > 1 || !Line.StartsWith(_byteOrderMark)) return;
        _lineBegin += _byteOrderMark.Length;
        _lineLength -= _byteOrderMark.Length;
    }

    private void FinishLineEnd()
    {
        while (_begin < _end && _buffer[_begin] == '\r') _begin++;
        if (_begin == _end) return; // the rest of it may not have been read yet
        if (_buffer[_begin] == '\n') _begin++;
        _behindReturn = false;
    }

    /// <summary>True where the line could go on as JSON: it is all right as far as it goes.</summary>
    private static bool IsBeginning(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, isFinalBlock: false, state: default);
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
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
        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _atEnd = read == 0;
        _end += read;
    }

    /// <summary>Reads an object whose opening brace has been read, up to its closing brace.</summary>
    public delegate T ReadObject<out T>(ref Utf8JsonReader reader);
}
