using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Tandem.Protocol.Messages;

/// <summary>A device asks the cloud for candidates.</summary>
public sealed record CandidateRequest
{
    /// <summary>The item numbering that <see cref="History"/> uses; the answer must use the same.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>[N] the user's item ids, 1..V, oldest first, without padding.</summary>
    public required IReadOnlyList<int> History { get; init; }

    /// <summary>
    /// The history without its items, in place of <see cref="History"/>, which is then empty; null, the default, where that names them.
    /// </summary>
    public CodedHistory? Coded { get; init; }

    /// <summary>[N] unix seconds of the events of <see cref="History"/>; null where they are unknown.</summary>
    public IReadOnlyList<long>? Times { get; init; }

    /// <summary>[N] ratings or other strengths of the events of <see cref="History"/>; null where all are 1.</summary>
    public IReadOnlyList<float>? Values { get; init; }

    /// <summary>Number of candidates wanted.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// True where the list may hold items of <see cref="History"/>, for people who return to items. False, the default: it holds none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IncludeSeen { get; init; }

    /// <summary>
    /// Version of the device's model, where the answer shall bring its item rows: <see cref="CandidateList.Slice"/>. Null, the
    /// default, for a device that holds its whole item table and wants none.
    /// </summary>
    public string? SliceOfModel { get; init; }

    /// <summary>Checks everything but the versions, which only the cloud can compare with its own.</summary>
    /// <param name="items">V: the number of items in the cloud's catalogue.</param>
    /// <param name="fault">The first fault, or null.</param>
    public bool TryValidate(int items, [NotNullWhen(false)] out string? fault)
    {
        fault = Count is < 1 or > CandidateList.MostItems ? $"count is {Count}, expected 1 to {CandidateList.MostItems}" : null;
        fault ??= EventHistory.FaultOf(items, History, Times, Values) ?? EventHistory.CodedFault(Coded, History);
        return fault is null;
    }
}
