namespace Tandem.Device.Models;

/// <summary>A range of a parameter array.</summary>
/// <param name="Offset">First element.</param>
/// <param name="Length">Elements.</param>
internal readonly record struct Slice(int Offset, int Length)
{
    /// <summary>A tensor that the model does not have, such as a missing bias.</summary>
    public static Slice None => default;

    public ReadOnlySpan<float> Of(ReadOnlySpan<float> parameters) => parameters.Slice(Offset, Length);

    public Span<float> Of(Span<float> parameters) => parameters.Slice(Offset, Length);

    /// <summary>The rows from <paramref name="first"/> of a tensor of this range.</summary>
    public Slice Rows(int first, int count, int width) => new(Offset + first * width, count * width);
}
