using Tandem.Protocol.Bundles;

namespace Tandem.Device.Http;

/// <summary>Who asks, how long it waits, and how much it takes.</summary>
public sealed record HttpCloudOptions
{
    private const int LongestId = 128;
    private const int LongestDeadlineSeconds = 86_400;

    /// <summary>Names the user's device in every request: 1 to 128 visible ASCII characters. Not a secret, and never two users'.</summary>
    public required string DeviceId { get; init; }

    /// <summary>An API key or token, visible ASCII. Null, the default, where there is none or <see cref="KeyProvider"/> gives it.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// Gives the key of a request, for tokens that change; it is asked before every request, so it keeps what it knows. Null, the default,
    /// where the key stays. What it throws is a fault of the call, told by its type alone.
    /// </summary>
    public Func<CancellationToken, ValueTask<string>>? KeyProvider { get; init; }

    /// <summary>
    /// How long a list is waited for. Default 3 s: a first request over a mobile network takes about a second of round trips, a list some
    /// tenths, and after three seconds the user has clicked on and the list that serves is the better answer.
    /// </summary>
    public TimeSpan CandidateDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long weights are waited for. Default 10 s: nobody waits for them, and they are made for the request.</summary>
    public TimeSpan ParameterDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a receipt is waited for. Default 10 s: nobody waits for it, and the events are sent again without one.</summary>
    public TimeSpan EventDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the manifest, and each file of a bundle, is waited for. Default 120 s: 15 MB at 1 Mbit/s.
    /// </summary>
    public TimeSpan BundleDeadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Most bytes of a list or a receipt, after decompression. Default 4,000,000: 10,000 items with scores are 250 KB, rows of
    /// 10,000 items of 256 dimensions as base64 3.5 MB.
    /// </summary>
    public int MostListBytes { get; init; } = 4_000_000;

    /// <summary>Most bytes of an answer with weights, after decompression. Default 16,000,000, of which base64 is a quarter.</summary>
    public int MostPacketBytes { get; init; } = 16_000_000;

    /// <summary>
    /// Most bytes of all files of a bundle, by its manifest; no file is read beyond what the manifest says. Default 256,000,000: a million
    /// items of 128 dimensions as int8, with keys and counts.
    /// </summary>
    public long MostBundleBytes { get; init; } = 256_000_000;

    /// <summary>
    /// True to compress request bodies of more than 1 KB with gzip. Default false, for not every server takes them; a history of 1,000
    /// events is some 10 KB.
    /// </summary>
    public bool CompressRequests { get; init; }

    /// <summary>
    /// A public key as <see cref="BundleSignature.TryVerify"/> takes it: a bundle that is not signed with its private part is refused.
    /// Null, the default, takes what comes over the connection.
    /// </summary>
    public string? BundleKey { get; init; }

    /// <summary>Tells deadlines, and how far away the date of a <c>Retry-After</c> is. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Every fault of these settings, empty where they can be used. No key is quoted.</summary>
    public IEnumerable<string> Validate()
    {
        if (DeviceId is not { Length: > 0 and <= LongestId } || !HeaderText.IsVisible(DeviceId))
            yield return $"device id: 1 to {LongestId} visible ASCII characters are expected, without spaces";
        if (Key is not null && HeaderText.KeyFault(Key) is { } fault) yield return $"key: {fault}";
        if (Key is not null && KeyProvider is not null) yield return "key and key provider are both set; set one";
        if (Time is null) yield return "time is null; leave it out for the system's";
        if (MostListBytes < 1) yield return $"most list bytes {MostListBytes}; at least 1 is expected";
        if (MostPacketBytes < 1) yield return $"most packet bytes {MostPacketBytes}; at least 1 is expected";
        if (MostBundleBytes < 1) yield return $"most bundle bytes {MostBundleBytes}; at least 1 is expected";
        if (BundleKey is not null && BundleSignature.FaultOfKey(BundleKey) is { } keyFault) yield return $"bundle key: {keyFault}";
        foreach (var (name, deadline) in Deadlines())
        {
            if (deadline <= TimeSpan.Zero || deadline.TotalSeconds > LongestDeadlineSeconds)
                yield return $"{name} deadline {deadline}; more than zero and at most a day are expected";
        }
    }

    private IEnumerable<(string Name, TimeSpan Deadline)> Deadlines() =>
    [
        ("candidate", CandidateDeadline), ("parameter", ParameterDeadline), ("event", EventDeadline), ("bundle", BundleDeadline),
    ];
}
