namespace Tandem.Data.Sources;

/// <summary>
/// The bytes of a packed file as <see cref="GzipMembers"/> and its inflater take them. An inflater takes more than it needs and does not
/// say how much, so what it was given last stays here until the member's trailer is found in it or behind it.
/// </summary>
/// <param name="file">The packed file; disposed with this stream.</param>
internal sealed class GzipInput(Stream file) : Stream
{
    private readonly byte[] _bytes = new byte[1 << 16];

    /// <summary>The bytes given last begin at the first, those not given yet are between the other two.</summary>
    private int _last, _next, _end;
    private bool _isWhole; // nothing of the file is left behind the end

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Bytes not given yet, as far as the file has been read; exact near its end.</summary>
    public int Rest => _end - _next;

    public bool IsAtEnd
    {
        get
        {
            Require(1);
            return Rest == 0;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        _last = _next;
        Require(buffer.Length);
        // One at a time at the end, so that an inflater that stops there leaves the rest untouched, and the rest tells a cut from a damage.
        var count = Math.Min(buffer.Length, _isWhole && Rest > 0 ? Math.Max(1, Rest - 64) : Rest);
        _bytes.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    /// <summary>The next byte, or -1 at the end.</summary>
    public int Next()
    {
        _last = _next;
        Require(1);
        return Rest > 0 ? _bytes[_next++] : -1;
    }

    public void SkipZeros()
    {
        while (!IsAtEnd && _bytes[_next] == 0) _last = ++_next;
    }

    /// <summary>Goes behind the first place of these bytes, from those given last on; false where they are not within reach.</summary>
    public bool SkipPast(ReadOnlySpan<byte> trailer)
    {
        Require(trailer.Length);
        var reach = _bytes.AsSpan(_last, Math.Min(_end, _next + trailer.Length) - _last);
        var at = reach.IndexOf(trailer);
        if (at < 0) return false;
        _next = _last + at + trailer.Length;
        return true;
    }

    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads on until so many bytes wait to be given, or the file ends; what was given last stays.</summary>
    private void Require(int count)
    {
        if (_isWhole || Rest >= count) return;
        _bytes.AsSpan(_last, _end - _last).CopyTo(_bytes);
        (_next, _end, _last) = (_next - _last, _end - _last, 0);
        while (_end < _bytes.Length && !_isWhole)
        {
            var read = file.Read(_bytes, _end, _bytes.Length - _end);
            _isWhole = read == 0;
            _end += read;
        }
    }
}
