using Tandem.Device.Tests.Models;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Tests;

/// <summary>Candidate lists of the tiny bundle's catalogue.</summary>
internal static class Lists
{
    /// <summary>The items in this order, with falling scores.</summary>
    public static CandidateList Of(params int[] items) => new()
    {
        CatalogVersion = TinyBundle.Catalog,
        ModelVersion = "fake",
        HistoryLength = 0,
        Items = items,
        Scores = [.. items.Select((_, place) => -1 - 0.125f * place)],
    };
}
