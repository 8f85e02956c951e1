namespace Tandem.Device.Learning;

/// <summary>A user's events and, for the last of them, the items among which each is to be found.</summary>
/// <param name="Items">[N × D] rows of the events, oldest first.</param>
/// <param name="Times">[N] unix seconds.</param>
/// <param name="First">The first event that is predicted, from those before it: 1 … N − 1.</param>
/// <param name="Candidates">[P × C × D] rows, P = N − First; the true item of each event is the first of its C.</param>
internal readonly record struct NextItemEvents(
    ReadOnlyMemory<float> Items, ReadOnlyMemory<long> Times, int First, ReadOnlyMemory<float> Candidates)
{
    /// <summary>N.</summary>
    public int Count => Times.Length;

    /// <summary>P.</summary>
    public int Predicted => Count - First;
}
