namespace Tandem.Device.Models;

/// <summary>A range of a parameter array.</summary>
/// <param name="Offset">First element.</param>
/// <param name="Length">Elements.</param>
public readonly record struct Slice(int Offset, int Length)
{
    /// <summary>A tensor that the model does not have, such as a missing bias.</summary>
    public static Slice None => default;

    /// <summary>The range of an array that is read.</summary>
    /// <param name="parameters">By the layout.</param>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> parameters) => parameters.Slice(Offset, Length);

    /// <summary>The range of an array that is written.</summary>
    /// <param name="parameters">By the layout.</param>
    public Span<float> Of(Span<float> parameters) => parameters.Slice(Offset, Length);

    /// <summary>The rows from <paramref name="first"/> of a tensor of this range.</summary>
    /// <param name="first">0 …</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Elements of a row.</param>
    public Slice Rows(int first, int count, int width) => new(Offset + first * width, count * width);
}
