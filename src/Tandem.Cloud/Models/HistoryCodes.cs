using Tandem.Cloud.Requests;
using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Models;

/// <summary>
/// Codes that stand for groups of items in histories, and what a model reads in their place: a group's first event as its most popular
/// item, its second as the next, as a history has few items twice.
/// </summary>
internal sealed class HistoryCodes
{
    private readonly int[][] _groups; // of each code its items, most popular first

    private HistoryCodes(ItemCodeTable table, int[][] groups) => (Table, _groups) = (table, groups);

    /// <summary>That devices get.</summary>
    public ItemCodeTable Table { get; }

    /// <exception cref="DatasetException">The file is damaged, or has the codes of another catalogue.</exception>
    public static HistoryCodes? Of(PrivacyOptions options, SequenceDataset dataset)
    {
        if (options.CodesFile is not { } file) return null;
        var codes = CodesFile.Read(file, dataset.Catalog);
        var groups = ItemGroups.Of(codes, Math.Min(options.LeastItems, codes.Items));
        var counts = dataset.Prefixes(user => dataset.Sequence(user).Length).CountByItem();
        return new(
            ItemCodeTable.Of(dataset.Catalog.Version, groups),
            [.. Enumerable.Range(1, codes.Items).GroupBy(item => groups[item - 1]).OrderBy(group => group.Key)
                .Select(group => group.OrderByDescending(item => counts[item]).ToArray())]);
    }

    /// <summary>Items in the place of codes, or why there are none.</summary>
    public (int[] Items, Refusal? Refusal) Read(CodedHistory coded)
    {
        if (coded.Version != Table.Version)
            return ([], new(RefusalKind.OtherCodes, "the codes are of another table; fetch GET /v1/codes again"));
        var (items, met) = (new int[coded.Codes.Count], new int[_groups.Length]);
        for (var i = 0; i < items.Length; i++)
        {
            if (coded.Codes[i] is var code && (code < 0 || code >= _groups.Length))
                return ([], new(RefusalKind.FieldInvalid, $"code {code} at place {i} is outside 0..{_groups.Length - 1}"));
            items[i] = _groups[code][met[code]++ % _groups[code].Length];
        }

        return (items, null);
    }
}
