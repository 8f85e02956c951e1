namespace Tandem.Device.Models;

/// <summary>Hands out a buffer piece by piece.</summary>
/// <param name="buffer">All of it.</param>
internal ref struct Scratch(Span<float> buffer)
{
    private Span<float> _rest = buffer;

    /// <summary>What was not handed out.</summary>
    public readonly Span<float> Rest => _rest;

    /// <summary>The next elements. They hold whatever was written there before.</summary>
    public Span<float> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
