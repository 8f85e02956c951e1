using Tandem.Learning.Backbones;
using Tandem.Protocol.Items;
using Tandem.Protocol.Messages;

namespace Tandem.Learning.Export;

/// <summary>
/// Rows of the device's model that come with a list, for a device without a table: those of the listed items, of the history, and of the
/// items that most likely follow it by counts. Not thread-safe.
/// </summary>
/// <param name="model">The device's.</param>
/// <param name="catalogVersion">Of its items.</param>
/// <param name="modelVersion">Of its bundle.</param>
/// <param name="counts">Counts that join its scores; null for none.</param>
/// <param name="contents">What items are like, where it joins its scores; empty for none.</param>
/// <param name="successors">Rows by counts.</param>
public sealed class SliceSource(
    SequenceModel model, string catalogVersion, string modelVersion, CountedSuccessors? counts, IReadOnlyList<JoinedContent> contents,
    int successors)
{
    private readonly float[] _table = model.TableValues();
    private readonly SuccessorSum? _sum = counts?.CreateSum();

    /// <summary>The list with its slice.</summary>
    /// <param name="list">For the request.</param>
    /// <param name="request">That names the device's model.</param>
    public CandidateList With(CandidateList list, CandidateRequest request)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(request);
        var history = request.History.TakeLast(model.Backbone.Window).ToArray();
        int[] items = [.. list.Items.Concat(history).Concat(Following(request.History)).Distinct().Order()];
        var slice = ItemSlice.FromTable(catalogVersion, modelVersion, items, _table, model.Backbone.Width, contents);
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
