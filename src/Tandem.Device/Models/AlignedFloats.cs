using System.Runtime.InteropServices;

namespace Tandem.Device.Models;

/// <summary>
/// Zeroed float32 whose first element lies at a multiple of 64 bytes: a 512-bit load that crosses a cache line costs two.
/// </summary>
internal sealed class AlignedFloats
{
    /// <summary>Elements to a cache line; lengths that are multiples of it keep what follows aligned too.</summary>
    public const int Alignment = 64 / sizeof(float);

    private readonly float[] _buffer;
    private readonly int _offset;

    public AlignedFloats(int length) : this(length, GC.AllocateArray<float>(length + Alignment, pinned: true))
    {
    }

    // Pinned, or the collector would move it out of alignment.
    private AlignedFloats(int length, float[] buffer)
    {
        (Length, _buffer) = (length, buffer);
        _offset = Misaligned(_buffer) is 0 ? 0 : Alignment - Misaligned(_buffer);
    }

    public int Length { get; }

    public Span<float> Span => _buffer.AsSpan(_offset, Length);

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    public static int RoundUp(int length) => (length + Alignment - 1) / Alignment * Alignment;

    public AlignedFloats Copy()
    {
        var copy = new AlignedFloats(Length, GC.AllocateUninitializedArray<float>(Length + Alignment, pinned: true));
        Span.CopyTo(copy.Span);
        return copy;
    }

    private static int Misaligned(float[] buffer) => (int)(Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0) / sizeof(float) % Alignment);
}
