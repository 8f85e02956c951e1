namespace Tandem.Device.Tests;

/// <summary>A clock that stands until it is moved: microseconds since 1970.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _micros = 1_000_000_000L * 1_000_000;

    public override long TimestampFrequency => 1_000_000;

    public void Advance(double seconds) => _micros += (long)(seconds * 1_000_000);

    public override long GetTimestamp() => _micros;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(_micros);
}
