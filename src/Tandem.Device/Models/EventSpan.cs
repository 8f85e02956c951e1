namespace Tandem.Device.Models;

/// <summary>Consecutive events, oldest first, as a backbone reads them.</summary>
/// <param name="rows">[N × D] rows of the item table.</param>
/// <param name="times">[N] unix seconds; backbones that do not use times ignore them.</param>
/// <param name="values">[N] strengths, 1 where unknown; backbones that do not use values ignore them.</param>
public readonly ref struct EventSpan(ReadOnlySpan<float> rows, ReadOnlySpan<long> times, ReadOnlySpan<float> values)
{
    /// <summary>[N × D] rows of the item table.</summary>
    public ReadOnlySpan<float> Rows { get; } = rows;

    /// <summary>[N] unix seconds.</summary>
    public ReadOnlySpan<long> Times { get; } = times;

    /// <summary>[N] a rating, dwell or another strength, 0 or negative for a skip.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>N.</summary>
    public int Count => Times.Length;

    /// <summary>Some of them; there must be one at least.</summary>
    /// <param name="first">0 … N − 1.</param>
    /// <param name="count">1 … N − first.</param>
    public EventSpan Slice(int first, int count)
    {
        var width = Rows.Length / Count;
        return new(Rows.Slice(first * width, count * width), Times.Slice(first, count), Values.Slice(first, count));
    }
}
