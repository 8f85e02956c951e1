namespace Tandem.Learning.Language.Items;

/// <summary>
/// Prefix tree over the items' tokens. A softmax over the children of a node gives probability to real items only; counts of
/// items below each node tell whether a prefix still leads to an item that is allowed.
/// </summary>
public sealed class ItemTrie
{
    private readonly int[] _firstChild; // CSR: children of node n are _firstChild[n] … _firstChild[n + 1] − 1
    private readonly int[] _tokens;     // token on the edge into each node
    private readonly int[] _parents;
    private readonly int[] _itemsBelow;
    private readonly int[] _leafOfItem;
    private readonly int[] _itemOfLeaf; // 0 = no leaf
    private readonly float[] _logShares;

    /// <param name="items">Tokens of the items 1 … V.</param>
    /// <param name="events">
    /// [V + 1] training events by item, for <see cref="LogShare"/>; null, the default, where all items are alike.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The tokens of one item begin with those of another, or the events are of another number of items.
    /// </exception>
    public ItemTrie(ItemTokens items, IReadOnlyList<long>? events = null)
    {
        if (events is not null && events.Count != items.Items + 1)
            throw new ArgumentException($"events of {events.Count - 1} items, tokens of {items.Items}", nameof(events));
        Items = items;
        var order = Enumerable.Range(1, items.Items).ToArray();
        Array.Sort(order, (a, b) => items.Of(a).SequenceCompareTo(items.Of(b)));
        // Breadth first: a node is a run of items, in the order of their tokens, that share their first ones.
        var (firstChild, tokens, parents) = (new List<int>(), new List<int> { -1 }, new List<int> { -1 });
        var runs = new List<(int Start, int End, int Depth)> { (0, order.Length, 0) };
        _leafOfItem = new int[items.Items + 1];
        for (var node = 0; node < runs.Count; node++)
        {
            firstChild.Add(tokens.Count);
            var (start, end, depth) = runs[node];
            // The shortest sequence of a run is its first.
            if (items.Of(order[start]).Length == depth)
            {
                if (end > start + 1) throw Clash(order[start], order[start + 1]);
                _leafOfItem[order[start]] = node;
                continue;
            }

            for (var from = start; from < end;)
            {
                var token = items.Of(order[from])[depth];
                var to = from + 1;
                while (to < end && items.Of(order[to])[depth] == token) to++;
                tokens.Add(token);
                parents.Add(node);
                runs.Add((from, to, depth + 1));
                from = to;
            }
        }

        firstChild.Add(tokens.Count);
        (_firstChild, _tokens, _parents) = ([.. firstChild], [.. tokens], [.. parents]);
        _itemsBelow = [.. runs.Select(r => r.End - r.Start)];
        _itemOfLeaf = new int[tokens.Count];
        for (var item = 1; item <= items.Items; item++) _itemOfLeaf[_leafOfItem[item]] = item;
        _logShares = LogShares(events);
    }

    /// <summary>The node of the empty prefix.</summary>
    public const int Root = 0;

    /// <summary>What the tree is made of.</summary>
    public ItemTokens Items { get; }

    /// <summary>First child and one past the last; children are consecutive node numbers, by rising token. None below a leaf.</summary>
    public (int Start, int End) Children(int node) => (_firstChild[node], _firstChild[node + 1]);

    /// <summary>The last token of a node's prefix; −1 for the root.</summary>
    public int Token(int node) => _tokens[node];

    /// <summary>Items whose tokens begin with the node's prefix.</summary>
    public int ItemsBelow(int node) => _itemsBelow[node];

    /// <summary>The item that a node completes, 0 where it completes none.</summary>
    public int Item(int node) => _itemOfLeaf[node];

    /// <summary>
    /// ln of a node's share in the training events below its parent, every item counted once more than it was taken: what the choice among
    /// items that no model tells apart goes by. Shares of siblings sum to 1. 0 for the root.
    /// </summary>
    public float LogShare(int node) => _logShares[node];

    /// <summary>The node whose children are the choices at a step of an item: the prefix of its tokens before that step.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="step">0 … the number of the item's tokens; the root at 0.</param>
    public int Prefix(int item, int step)
    {
        var node = _leafOfItem[item];
        for (var up = Items.Of(item).Length; up > step; up--) node = _parents[node];
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

    private float[] LogShares(IReadOnlyList<long>? events)
    {
        var weights = new double[_tokens.Length];
        for (var item = 1; item <= Items.Items; item++)
        {
            for (var node = _leafOfItem[item]; node >= 0; node = _parents[node]) weights[node] += 1 + (events?[item] ?? 0);
        }

        var shares = new float[weights.Length];
        for (var node = 1; node < shares.Length; node++) shares[node] = (float)Math.Log(weights[node] / weights[_parents[node]]);
        return shares;
    }

    private static ArgumentException Clash(int item, int other) => new(
        $"the tokens of item {other} begin with all those of item {item}, so nothing tells the two apart there; "
        + "close every item with an end token, and give no two the same tokens");
}
