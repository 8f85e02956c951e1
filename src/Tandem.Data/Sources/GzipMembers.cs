using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Tandem.Data.Sources;

/// <summary>
/// Unpacks a gzip file (RFC 1952) and refuses one that is not whole. The framework's own stream takes the end of the file for the end of
/// the content, so that a file that was cut off would read as a shorter one. Here every member's content has to end where deflate says,
/// with the checksum and the length behind it; members follow each other, and zeros may fill the end, as tape and block devices leave them.
/// </summary>
/// <param name="packed">The file's bytes, from its start; disposed with this stream.</param>
/// <param name="path">Of the file, for faults.</param>
internal sealed class GzipMembers(Stream packed, string path) : Stream
{
    private const int TrailerSize = 8;

    private readonly GzipInput _input = new(packed);
    private DeflateStream? _content;
    private readonly Crc32 _checksum = new();
    private uint _length;
    private bool _any;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="DatasetException">The file ends early or is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (_content is not null || OpenMember())
        {
            var read = Unpack(buffer);
            if (read > 0)
            {
                _checksum.Append(buffer[..read]);
                _length += (uint)read; // modulo 2^32, as the trailer has it
                return read;
            }
            CloseMember();
        }
        return 0;
    }

    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content?.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Unpack(Span<byte> buffer)
    {
        try
        {
            return _content!.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Fault("the gzip file is damaged", e);
        }
    }

    /// <summary>Passes over the next member's header; false at the end of the file.</summary>
    private bool OpenMember()
    {
        if (_any) _input.SkipZeros();
        if (_any && _input.IsAtEnd) return false;
        if (Next() != 0x1F || Next() != 0x8B) throw Fault("something that is not gzip follows the packed content");
        var (method, flags) = (Next(), Next());
        if (method != 8 || (flags & 0xE0) != 0) throw Fault("the gzip file is damaged, or packed in a way that is not known");
        Skip(6); // time of the file, hint on compression, operating system
        if ((flags & 4) != 0) Skip(Next() | Next() << 8); // extra fields
        if ((flags & 8) != 0) SkipText(); // name of the file
        if ((flags & 16) != 0) SkipText(); // comment
        if ((flags & 2) != 0) Skip(2); // checksum of the header
        _checksum.Reset();
        (_length, _any) = (0, true);
        _content = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    private void CloseMember()
    {
        _content!.Dispose();
        _content = null;
        Span<byte> trailer = stackalloc byte[TrailerSize];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
        if (_input.SkipPast(trailer)) return;
        throw Fault(
            _input.Rest < TrailerSize
                ? "the gzip file ends early"
                : "the gzip file is damaged: its content has another checksum than it says");
    }

    private void SkipText()
    {
        while (Next() != 0) { }
    }

    private void Skip(int count)
    {
        for (; count > 0; count--) Next();
    }

    private int Next() => _input.Next() is >= 0 and var next ? next : throw Fault("the gzip file ends early");

    private DatasetException Fault(string what, Exception? cause = null) =>
        new(what, path, "a whole gzip file", "fetch it or pack it again", cause);
}
