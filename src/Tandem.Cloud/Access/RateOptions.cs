namespace Tandem.Cloud.Access;

/// <summary>How many requests are answered; each limit is a bucket of tokens that fills evenly.</summary>
public sealed record RateOptions
{
    /// <summary>Requests a second of one device. Default 20: a device asks at most once a click.</summary>
    public int DevicePerSecond { get; init; } = 20;

    /// <summary>Requests of one device at once. Default 100: a device that was offline sends what it kept.</summary>
    public int DeviceBurst { get; init; } = 100;

    /// <summary>Requests a second of one key. Default 10,000: what a machine of two cores can answer, so that one app cannot take all of a
    /// larger one.</summary>
    public int KeyPerSecond { get; init; } = 10_000;

    /// <summary>Requests of one key at once. Default 20,000.</summary>
    public int KeyBurst { get; init; } = 20_000;

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (DevicePerSecond < 1) yield return $"DevicePerSecond is {DevicePerSecond}; expected at least 1";
        if (DeviceBurst < DevicePerSecond) yield return $"DeviceBurst is {DeviceBurst}; expected DevicePerSecond at least";
        if (KeyPerSecond < 1) yield return $"KeyPerSecond is {KeyPerSecond}; expected at least 1";
        if (KeyBurst < KeyPerSecond) yield return $"KeyBurst is {KeyBurst}; expected KeyPerSecond at least";
    }
}
