using Tandem.Device.Sessions;
using Tandem.Protocol.Items;

namespace Tandem.Device;

/// <summary>
/// What counts of successors add to a user's scores. Sums are made anew when the events have changed, however they changed, so they are
/// a function of the last events alone, and the same bits after an undo, a restart or a snapshot.
/// </summary>
/// <remarks>
/// For the whole catalogue the items with a sum are sorted into blocks of neighbouring ids, once an event, so that a tile of scores reads
/// its own block alone.
/// </remarks>
internal sealed class SuccessorScores
{
    private const int BlockBits = 9;    // 512 items, as many as a tile of a ranking

    private readonly CountedSuccessors _counted;
    private readonly UserHistory _history;
    private readonly SuccessorSum _sum;
    private readonly float[] _bonus;        // [capacity] by place of the sum
    private readonly int[] _blockEnds;      // [blocks + 1]: block b is places ends[b] to ends[b + 1] of the two below
    private readonly int[] _blockItems;     // [capacity]
    private readonly float[] _blockBonus;   // [capacity]
    private long _version = -1;             // of the history that the sums are of
    private bool _hasBlocks;                // for that version

    /// <param name="counted">Table and join.</param>
    /// <param name="history">Keeps at least the events that are read.</param>
    public SuccessorScores(CountedSuccessors counted, UserHistory history)
    {
        (_counted, _history, _sum) = (counted, history, counted.CreateSum());
        _bonus = new float[_sum.Capacity];
        _blockEnds = new int[Block(counted.Table.Items) + 2];
        (_blockItems, _blockBonus) = (new int[_sum.Capacity], new float[_sum.Capacity]);
    }

    /// <summary>Bytes that it holds beside the table.</summary>
    public long SizeBytes =>
        _sum.SizeBytes + (_bonus.Length + _blockBonus.Length) * sizeof(float) + (_blockEnds.Length + _blockItems.Length) * sizeof(int);

    /// <summary>True where anything is added to any item.</summary>
    public bool HasSums
    {
        get
        {
            BringUpToDate();
            return _sum.Count > 0;
        }
    }

    /// <summary>Adds to the scores of chosen items; one that is NaN stays so.</summary>
    /// <param name="items">[N] 1 … V.</param>
    /// <param name="scores">[N].</param>
    public void AddTo(ReadOnlySpan<int> items, Span<float> scores)
    {
        BringUpToDate();
        if (_sum.Count == 0) return;
        for (var i = 0; i < items.Length; i++)
        {
            if (_sum.IndexOf(items[i]) is >= 0 and var place) scores[i] += _bonus[place];
        }
    }

    /// <summary>Adds to the scores of neighbouring items.</summary>
    /// <param name="first">Item id.</param>
    /// <param name="scores">[N].</param>
    public void AddToRange(int first, Span<float> scores)
    {
        BringUpToDate();
        if (scores.IsEmpty) return;
        if (!_hasBlocks) FillBlocks();
        var end = _blockEnds[Block(first + scores.Length - 1) + 1];
        for (var i = _blockEnds[Block(first)]; i < end; i++)
        {
            var place = _blockItems[i] - first;
            if ((uint)place < (uint)scores.Length) scores[place] += _blockBonus[i]; // the first and last block may reach beyond
        }
    }

    /// <summary>What is added to an item's score, and the events that it follows, those of the greatest part of its sum first.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="most">Events.</param>
    public (float Bonus, IReadOnlyList<FollowedEvent> Events) Explain(int item, int most)
    {
        BringUpToDate();
        if (_sum.IndexOf(item) is not (>= 0 and var place)) return (0, []);
        var followed = new List<FollowedEvent>();
        for (var age = 0; age < Read; age++)
        {
            var @event = _history.ItemAt(_history.Count - 1 - age);
            if (_sum.Part(@event, age, item) / _sum.Sums[place] is > 0 and var share) followed.Add(new(@event, age, MathF.Min(share, 1)));
        }

        return (_bonus[place], [.. followed.OrderByDescending(e => e.Share).ThenBy(e => e.Age).Take(most)]);
    }

    /// <summary>Events that are read.</summary>
    private int Read => (int)Math.Min(_sum.Recent, _history.Count - _history.First);

    private static int Block(int item) => (item - 1) >> BlockBits;

    private void BringUpToDate()
    {
        if (_version == _history.Version) return;
        _sum.Clear();
        for (var age = 0; age < Read; age++)
        {
            _sum.AddEvent(_history.ItemAt(_history.Count - 1 - age),
            age); // from the newest on, as training does
        }

        _counted.Bonus(_sum, _bonus);
        (_version, _hasBlocks) = (_history.Version, false);
    }

    /// <summary>Sorts the items with a sum by block, in one pass of counting and one of placing.</summary>
    private void FillBlocks()
    {
        var items = _sum.Items;
        var ends = _blockEnds;
        Array.Clear(ends);
        foreach (var item in items) ends[Block(item) + 1]++;
        for (var b = 1; b < ends.Length; b++) ends[b] += ends[b - 1];
        // From the back, so that each place is found by counting down from its block's end, which leaves the block's beginning.
        for (var i = items.Length - 1; i >= 0; i--)
        {
            var place = --ends[Block(items[i]) + 1];
            (_blockItems[place], _blockBonus[place]) = (items[i], _bonus[i]);
        }

        // What is left is the beginning of block b at b + 1: one step to the left, and the end of the last one behind.
        ends.AsSpan(1).CopyTo(ends);
        ends[^1] = items.Length;
        _hasBlocks = true;
    }
}
