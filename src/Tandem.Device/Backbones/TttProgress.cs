using Tandem.Device.Models;
namespace Tandem.Device.Backbones;

/// <summary>How far a user's events have been taken in.</summary>
/// <param name="carried">What the next event reads.</param>
/// <param name="scratch">Of <see cref="TttRunner.Scratch"/>, overwritten.</param>
internal ref struct TttProgress(Span<float> carried, Span<float> scratch)
{
    /// <summary>What the next event reads.</summary>
    public Span<float> Carried { get; } = carried;

    /// <summary>Overwritten by every run.</summary>
    public Span<float> Scratch { get; } = scratch;

    /// <summary>Events taken in; at 0 nothing that is carried is read.</summary>
    public int Events { get; set; }

    /// <summary>Unix seconds of the first event of the mini-batch that began last.</summary>
    public long Began { get; set; }

    /// <summary>Where the next events stand.</summary>
    /// <param name="events">N of them.</param>
    /// <param name="miniBatch">b.</param>
    public readonly TttSpan Next(in EventSpan events, int miniBatch) => new(Events % miniBatch, Began, events);

    /// <summary>Moves on behind some events.</summary>
    /// <param name="times">[N] unix seconds.</param>
    /// <param name="miniBatch">b.</param>
    public void Pass(ReadOnlySpan<long> times, int miniBatch)
    {
        Events += times.Length;
        var since = (Events - 1) % miniBatch;   // that the last mini-batch began
        if (since < times.Length) Began = times[times.Length - 1 - since];
    }
}
