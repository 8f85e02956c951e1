using Tandem.Device.Models;

namespace Tandem.Device.Learning;

/// <summary>A user's events and, for the last of them, the items among which each is to be found.</summary>
/// <param name="Items">[N × D] rows of the events, oldest first.</param>
/// <param name="Times">[N] unix seconds.</param>
/// <param name="Values">[N] strengths.</param>
/// <param name="First">The first event that is predicted, from those before it: 1 … N − 1.</param>
/// <param name="Candidates">[P × C × D] rows, P = N − First; the true item of each event is the first of its C.</param>
internal readonly record struct NextItemEvents(
    ReadOnlyMemory<float> Items, ReadOnlyMemory<long> Times, ReadOnlyMemory<float> Values, int First, ReadOnlyMemory<float> Candidates)
{
    /// <summary>N.</summary>
    public int Count => Times.Length;

    /// <summary>P.</summary>
    public int Predicted => Count - First;

    /// <summary>The first events of them.</summary>
    /// <param name="count">1 … N.</param>
    public EventSpan Oldest(int count) => new EventSpan(Items.Span, Times.Span, Values.Span).Slice(0, count);
}
