namespace Tandem.Learning.Language;

/// <summary>
/// Prefix tree over the items' semantic ids. A softmax over the children of a node gives probability to real items only; counts of
/// items below each node tell whether a prefix still leads to an item that is allowed.
/// </summary>
public sealed class ItemTrie
{
    private readonly int[] _firstChild; // CSR: children of node n are _firstChild[n] … _firstChild[n + 1] − 1
    private readonly int[] _codes;      // code on the edge into each node
    private readonly int[] _parents;
    private readonly int[] _itemsBelow;
    private readonly int[] _leafOfItem;
    private readonly int[] _itemOfLeaf;

    /// <param name="ids">Distinct codes of the items 1 … V.</param>
    public ItemTrie(SemanticIds ids)
    {
        Levels = ids.Levels;
        var order = Enumerable.Range(1, ids.Items).ToArray();
        Array.Sort(order, (a, b) => ids.Codes(a).SequenceCompareTo(ids.Codes(b)));
        // Breadth first: one level at a time, a node is a run of items in code order.
        var (firstChild, codes, parents, below) = (new List<int>(), new List<int> { -1 }, new List<int> { -1 }, new List<int> { ids.Items });
        var runs = new List<(int Start, int End)> { (0, order.Length) };
        _leafOfItem = new int[ids.Items + 1];
        for (int level = 0, node = 0; level < Levels; level++)
        {
            var next = new List<(int, int)>();
            foreach (var (start, end) in runs)
            {
                firstChild.Add(codes.Count);
                for (var from = start; from < end;)
                {
                    var code = ids.Codes(order[from])[level];
                    var to = from + 1;
                    while (to < end && ids.Codes(order[to])[level] == code) to++;
                    codes.Add(code);
                    parents.Add(node);
                    below.Add(to - from);
                    next.Add((from, to));
                    from = to;
                }

                node++;
            }

            runs = next;
        }

        var leaves = codes.Count - ids.Items;
        for (var leaf = 0; leaf < ids.Items; leaf++) _leafOfItem[order[leaf]] = leaves + leaf;
        while (firstChild.Count <= codes.Count) firstChild.Add(codes.Count);
        (_firstChild, _codes, _parents, _itemsBelow) = ([.. firstChild], [.. codes], [.. parents], [.. below]);
        _itemOfLeaf = new int[codes.Count];
        for (var item = 1; item <= ids.Items; item++) _itemOfLeaf[_leafOfItem[item]] = item;
    }

    /// <summary>The node of the empty prefix.</summary>
    public const int Root = 0;

    /// <summary>L.</summary>
    public int Levels { get; }

    /// <summary>First child and one past the last; children are consecutive node numbers, by rising code.</summary>
    public (int Start, int End) Children(int node) => (_firstChild[node], _firstChild[node + 1]);

    /// <summary>The last code of a node's prefix.</summary>
    public int Code(int node) => _codes[node];

    /// <summary>Items whose codes begin with the node's prefix.</summary>
    public int ItemsBelow(int node) => _itemsBelow[node];

    /// <summary>The item of a leaf.</summary>
    public int Item(int leaf) => _itemOfLeaf[leaf];

    /// <summary>The node whose children are the choices at a level, for an item: the prefix of the item's codes before that level.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="level">0 … L − 1; the root at 0.</param>
    public int Prefix(int item, int level)
    {
        var node = _leafOfItem[item];
        for (var up = Levels; up > level; up--) node = _parents[node];
        return node;
    }

    /// <summary>Counts, for each node on the way to an excluded item, the excluded items below it.</summary>
    /// <param name="items">1 … V; an item that comes twice counts once, or it would hide a neighbour.</param>
    public Dictionary<int, int> CountExcluded(IEnumerable<int> items)
    {
        var counts = new Dictionary<int, int>();
        foreach (var item in items.Distinct())
        {
            for (var node = _leafOfItem[item]; node >= 0; node = _parents[node])
                counts[node] = counts.GetValueOrDefault(node) + 1;
        }

        return counts;
    }
}
