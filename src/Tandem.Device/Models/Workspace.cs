namespace Tandem.Device.Models;

/// <summary>
/// Memory of a learning step: one buffer of float32 that is planned piece by piece before it is allocated, so that its size can be
/// refused beforehand. Each piece begins at a multiple of 64 bytes.
/// </summary>
public sealed class Workspace
{
    private AlignedFloats? _floats;
    private long _length;
    private long _otherBytes;

    /// <summary>Bytes that the pieces take together, and what was counted beside them.</summary>
    public long SizeBytes => _length * sizeof(float) + _otherBytes;

    /// <summary>Plans a piece. Offsets are right while all pieces fit in one array; a plan beyond that is not to be used.</summary>
    /// <param name="length">Elements.</param>
    public Slice Reserve(long length)
    {
        var slice = new Slice((int)Math.Min(_length, int.MaxValue), (int)Math.Min(length, int.MaxValue));
        _length += (length + AlignedFloats.Alignment - 1) / AlignedFloats.Alignment * AlignedFloats.Alignment;
        return slice;
    }

    /// <summary>Counts memory that is allocated elsewhere.</summary>
    /// <param name="bytes">0 or more.</param>
    public void Count(long bytes) => _otherBytes += bytes;

    /// <summary>A piece. The first call allocates the buffer, of zeros.</summary>
    /// <param name="slice">From <see cref="Reserve"/>.</param>
    public Span<float> Of(Slice slice)
    {
        _floats ??= new(checked((int)_length));
        return slice.Of(_floats.Span);
    }

    /// <summary>The first elements of a piece.</summary>
    /// <param name="slice">From <see cref="Reserve"/>.</param>
    /// <param name="length">Elements.</param>
    public Span<float> Of(Slice slice, int length) => Of(slice)[..length];
}
