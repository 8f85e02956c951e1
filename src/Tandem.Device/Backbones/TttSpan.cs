using Tandem.Device.Models;
namespace Tandem.Device.Backbones;

/// <summary>Where some events stand in a user's history, and what the layers read of them beside their rows.</summary>
/// <param name="place">In 0 … b − 1, that of the first within its mini-batch.</param>
/// <param name="began">Unix seconds of the first event of the mini-batch that began last; of no matter before the first event.</param>
/// <param name="events">N of them.</param>
internal readonly ref struct TttSpan(int place, long began, in EventSpan events)
{
    /// <summary>In 0 … b − 1, that of the first within its mini-batch.</summary>
    public int Place { get; } = place;

    /// <summary>Unix seconds of the first event of the mini-batch that began last.</summary>
    public long Began { get; } = began;

    /// <summary>[N] unix seconds.</summary>
    public ReadOnlySpan<long> Times { get; } = events.Times;

    /// <summary>[N] strengths.</summary>
    public ReadOnlySpan<float> Values { get; } = events.Values;
}
