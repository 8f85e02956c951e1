using Tandem.Device;
using Tandem.Protocol.Items;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>
/// Rows of the device's model that come with a list: those of the listed items, of the history, and of the items that most likely follow it
/// by counts.
/// </summary>
/// <param name="device">The model without a table.</param>
/// <param name="table">[(V + 1) × D] its rows, as trained.</param>
/// <param name="contents">What joins its scores.</param>
/// <param name="successors">Rows by counts.</param>
internal sealed class SliceSource(DeviceModel device, float[] table, IReadOnlyList<JoinedContent> contents, int successors)
{
    private readonly SuccessorSum? _sum = device.Successors?.CreateSum();

    /// <summary>The list with its slice.</summary>
    public CandidateList With(CandidateList list, CandidateRequest request)
    {
        var history = request.History.TakeLast(device.Shape.Window).ToArray();
        int[] items = [.. list.Items.Concat(history).Concat(Following(request.History)).Distinct().Order()];
        var slice = ItemSlice.FromTable(device.CatalogVersion, device.Version, items, table, device.Shape.Width, contents);
        return list with { Slice = slice.ToBytes() };
    }

    private IEnumerable<int> Following(IReadOnlyList<int> history)
    {
        if (_sum is null || successors == 0) return [];
        _sum.Clear();
        for (var age = 0; age < Math.Min(_sum.Recent, history.Count); age++) _sum.AddEvent(history[^(age + 1)], age);
        var (items, sums) = (_sum.Items.ToArray(), _sum.Sums.ToArray());
        return items.Zip(sums).OrderByDescending(pair => pair.Second).ThenBy(pair => pair.First).Take(successors)
            .Select(pair => pair.First);
    }
}
