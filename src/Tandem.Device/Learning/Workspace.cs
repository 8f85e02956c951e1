using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>One buffer that is planned piece by piece before it is allocated, so that its size can be refused beforehand.</summary>
internal sealed class Workspace
{
    private AlignedFloats? _floats;
    private long _length;

    /// <summary>Bytes that the pieces take together.</summary>
    public long SizeBytes => _length * sizeof(float);

    /// <summary>Plans a piece. Offsets are right while all pieces fit in one array; a plan beyond that is not to be used.</summary>
    public Slice Reserve(long length)
    {
        var slice = new Slice((int)Math.Min(_length, int.MaxValue), (int)Math.Min(length, int.MaxValue));
        _length += (length + AlignedFloats.Line - 1) / AlignedFloats.Line * AlignedFloats.Line;
        return slice;
    }

    /// <summary>A piece. The first call allocates the buffer, of zeros.</summary>
    public Span<float> Of(Slice slice)
    {
        _floats ??= new(checked((int)_length));
        return slice.Of(_floats.Span);
    }

    /// <summary>The first elements of a piece.</summary>
    public Span<float> Of(Slice slice, int length) => Of(slice)[..length];
}
