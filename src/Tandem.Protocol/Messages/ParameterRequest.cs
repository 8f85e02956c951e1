using System.Diagnostics.CodeAnalysis;

namespace Tandem.Protocol.Messages;

/// <summary>A device asks the cloud for weights made for its user.</summary>
public sealed record ParameterRequest
{
    /// <summary>The item numbering that <see cref="History"/> uses.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>Version of the bundle whose weights the answer is to replace.</summary>
    public required string ModelVersion { get; init; }

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

    /// <summary>Checks everything but the catalogue's version, which only the cloud can compare with its own.</summary>
    /// <param name="items">V: the number of items in the cloud's catalogue.</param>
    /// <param name="fault">The first fault, or null.</param>
    public bool TryValidate(int items, [NotNullWhen(false)] out string? fault)
    {
        fault = EventHistory.NameFault("the model's version", ModelVersion) ?? EventHistory.FaultOf(items, History, Times, Values)
            ?? EventHistory.CodedFault(Coded, History);
        return fault is null;
    }
}
