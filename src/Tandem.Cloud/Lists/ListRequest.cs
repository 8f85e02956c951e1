using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Lists;

/// <summary>
/// What a device asks (<see cref="CandidateRequest"/>), and what an app's own servers may ask beside it: items by key, a model by name,
/// rules for the list.
/// </summary>
public sealed record ListRequest
{
    /// <summary>False where the device's reported events are the history.</summary>
    internal bool HasHistory => History is not null || Keys is not null || Coded is not null;

    /// <summary>Most events of a history.</summary>
    public const int MostEvents = 10_000;

    /// <summary>The numbering of <see cref="History"/>; needed with it.</summary>
    public string? CatalogVersion { get; init; }

    /// <summary>
    /// [N] item numbers, oldest first; or <see cref="Keys"/>; or neither, for the latest items that the device has reported.
    /// </summary>
    public IReadOnlyList<int>? History { get; init; }

    /// <summary>[N] keys of items, oldest first, in place of <see cref="History"/>; the answer then brings keys, too.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>
    /// The history without its items, in place of <see cref="History"/> and <see cref="Keys"/>; the list may then hold items of it.
    /// </summary>
    public CodedHistory? Coded { get; init; }

    /// <summary>[N] unix seconds; null where they are unknown.</summary>
    public IReadOnlyList<long>? Times { get; init; }

    /// <summary>[N] ratings or other strengths; null where all are 1.</summary>
    public IReadOnlyList<float>? Values { get; init; }

    /// <summary>Number of candidates wanted.</summary>
    public required int Count { get; init; }

    /// <summary>True where the list may hold items of the history. Default false.</summary>
    public bool IncludeSeen { get; init; }

    /// <summary>Version of the device's model whose item rows the answer shall bring; null, the default, for none.</summary>
    public string? SliceOfModel { get; init; }

    /// <summary>Name of a served model; null, the default, for the first.</summary>
    public string? Model { get; init; }

    /// <summary>What the list may hold; null, the default, for anything.</summary>
    public ListRules? Rules { get; init; }

    /// <summary>
    /// True where the most popular items are better than none, should the model not answer in time. Default false: a device's own ranking
    /// is better than they are.
    /// </summary>
    public bool AcceptPopular { get; init; }
}
