namespace Tandem.Device.Tests.Learning;

/// <summary>A clock that moves on whenever it is read.</summary>
/// <param name="millis">How far.</param>
/// <param name="onRead">Called with the number of readings so far.</param>
internal sealed class StepwiseTime(double millis, Action<int>? onRead = null) : TimeProvider
{
    private int _reads;

    public override long GetTimestamp()
    {
        _reads++;
        onRead?.Invoke(_reads);
        return (long)(_reads * millis * TimestampFrequency / 1000);
    }
}
