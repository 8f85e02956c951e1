using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Tandem.Data.Sources;

/// <summary>
/// Passes bytes on only while they are UTF-8. A decoder would put U+FFFD in the place of others, and two users whose names differ in one
/// letter would become one.
/// </summary>
internal sealed class Utf8CheckedStream(Stream bytes, string file) : Stream
{
    private const byte LineFeed = (byte)'\n', Return = (byte)'\r';

    private readonly byte[] _carried = new byte[4]; // the beginning of a character that the bytes passed on last cut off
    private int _carriedLength;
    private int _line = 1;
    private long _lineBytes; // passed on of the line now, without what is carried
    private bool _begun, _afterReturn;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = bytes.Read(buffer);
        if (read == 0 && _carriedLength > 0) throw Fault(_carried[0]);
        Check(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) bytes.Dispose();
        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> chunk)
    {
        if (!_begun && chunk.Length >= 2 && chunk[..2] is [0xFF, 0xFE] or [0xFE, 0xFF])
            throw new SourceException(file, 1, "the file is UTF-16", "text in UTF-8", "convert it to UTF-8");
        _begun |= chunk.Length > 0;
        chunk = chunk[FinishCarried(chunk)..];
        var whole = chunk[..^CutOff(chunk)];
        if (!Utf8.IsValid(whole))
        {
            var at = FirstInvalid(whole);
            CountLines(whole[..at]);
            throw Fault(whole[at]);
        }
        CountLines(whole);
        chunk = chunk[whole.Length..];
        chunk.CopyTo(_carried.AsSpan(_carriedLength));
        _carriedLength += chunk.Length;
    }

    /// <summary>How many bytes belong to the character that the last ones began.</summary>
    private int FinishCarried(ReadOnlySpan<byte> chunk)
    {
        var taken = 0;
        while (_carriedLength > 0 && taken < chunk.Length)
        {
            _carried[_carriedLength++] = chunk[taken++];
            var status = Rune.DecodeFromUtf8(_carried.AsSpan(0, _carriedLength), out _, out _);
            if (status == OperationStatus.InvalidData) throw Fault(_carried[0]);
            if (status != OperationStatus.Done) continue;
            (_lineBytes, _afterReturn) = (_lineBytes + _carriedLength, false);
            _carriedLength = 0;
        }
        return taken;
    }

    /// <summary>How many bytes at the end begin a character that goes on beyond it.</summary>
    private static int CutOff(ReadOnlySpan<byte> chunk)
    {
        for (var length = 1; length <= Math.Min(3, chunk.Length); length++)
        {
            if (Rune.DecodeFromUtf8(chunk[^length..], out _, out _) == OperationStatus.NeedMoreData)
                return length;
        }

        return 0;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> chunk)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(chunk[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }

    /// <summary>Lines end with line feeds, returns, or one after the other.</summary>
    private void CountLines(ReadOnlySpan<byte> whole)
    {
        if (whole.IsEmpty) return;
        if (_afterReturn && whole[0] == LineFeed) _line--;
        _line += whole.Count(LineFeed) + whole.Count(Return) - whole.Count("\r\n"u8);
        _lineBytes = whole.LastIndexOfAny(LineFeed, Return) is >= 0 and var end ? whole.Length - end - 1 : _lineBytes + whole.Length;
        _afterReturn = whole[^1] == Return;
    }

    private SourceException Fault(byte found) => new(
        file, _line, $"byte {_lineBytes + 1} of the line, 0x{found:X2}, is not UTF-8", "text in UTF-8",
            "convert the file from the encoding that it is in");
}
