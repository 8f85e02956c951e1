namespace Tandem.Learning.Language;

/// <summary>The beams of one history. There are always W slots so that a batch stays rectangular; spare slots repeat slot 0 and
/// score −∞.</summary>
internal sealed class Beams
{
    private readonly ItemTrie _trie;
    private readonly Dictionary<int, int> _excluded;
    private readonly PriorityQueue<(int Node, int Parent), (float Score, int Node)> _best;
    private readonly int[] _nodes;
    private readonly float[] _scores;
    private int _live = 1;

    public Beams(ItemTrie trie, Dictionary<int, int> excluded, int width)
    {
        (_trie, _excluded, Width) = (trie, excluded, width);
        (_nodes, _scores, Parents) = (new int[width], new float[width], new long[width]);
        // Least first; of equal scores the larger node goes first, so that ties keep the smaller code.
        _best = new(width + 1, Comparer<(float Score, int Node)>.Create((a, b) =>
            a.Score != b.Score ? a.Score.CompareTo(b.Score) : b.Node.CompareTo(a.Node)));
    }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>For each slot the slot that it continues.</summary>
    public long[] Parents { get; }

    /// <summary>The newest code of each slot.</summary>
    public IEnumerable<int> Codes => _nodes.Select(n => Math.Max(_trie.Code(n), 0));

    /// <summary>Replaces the beams by the best W of their allowed children.</summary>
    /// <param name="logits">[live or W, K] of the next level's codes.</param>
    /// <param name="codes">K.</param>
    public void Expand(ReadOnlySpan<float> logits, int codes)
    {
        for (var beam = 0; beam < _live; beam++)
        {
            var row = logits.Slice(beam * codes, codes);
            var (start, end) = _trie.Children(_nodes[beam]);
            var prefix = _scores[beam] - LogSumExp(row, start, end);
            for (var child = start; child < end; child++)
            {
                if (!Leads(child)) continue;
                var score = prefix + row[_trie.Code(child)];
                if (_best.Count < Width) _best.Enqueue((child, beam), (score, child));
                else if (_best.TryPeek(out _, out var worst) && (score > worst.Score || (score == worst.Score && child < worst.Node)))
                    _best.DequeueEnqueue((child, beam), (score, child));
            }
        }

        Settle();
    }

    /// <summary>The items reached, best first.</summary>
    public IReadOnlyList<(int Item, float LogProbability)> Results() =>
        Enumerable.Range(0, _live).Select(i => (_trie.Item(_nodes[i]), _scores[i])).ToArray();

    /// <summary>Over all children, excluded ones too: leaving an item out of the list does not make the others likelier.</summary>
    private float LogSumExp(ReadOnlySpan<float> row, int start, int end)
    {
        var greatest = float.NegativeInfinity;
        for (var child = start; child < end; child++) greatest = Math.Max(greatest, row[_trie.Code(child)]);
        var sum = 0f;
        for (var child = start; child < end; child++) sum += MathF.Exp(row[_trie.Code(child)] - greatest);
        return greatest + MathF.Log(sum);
    }

    private bool Leads(int node) => !_excluded.TryGetValue(node, out var gone) || _trie.ItemsBelow(node) > gone;

    private void Settle()
    {
        _live = _best.Count;
        for (var slot = _live - 1; slot >= 0; slot--)
        {
            _best.TryDequeue(out var beam, out var priority);
            (_nodes[slot], Parents[slot], _scores[slot]) = (beam.Node, beam.Parent, priority.Score);
        }

        for (var slot = _live; slot < Width; slot++)
            (_nodes[slot], Parents[slot], _scores[slot]) = (_nodes[0], Parents[0], float.NegativeInfinity);
    }
}
