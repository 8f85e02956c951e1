using Tandem.Learning.Language.Items;

namespace Tandem.Learning.Language.Generation;

/// <summary>The beams of one history. There are always W slots so that a batch stays rectangular; spare slots repeat slot 0 and
/// score −∞. A beam that completes an item stays as it is, and others may still overtake it.</summary>
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
        // Least first; of equal scores the larger node goes first, so that ties keep the smaller token.
        _best = new(width + 1, Comparer<(float Score, int Node)>.Create((a, b) =>
            a.Score != b.Score ? a.Score.CompareTo(b.Score) : b.Node.CompareTo(a.Node)));
    }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>Whether every beam has completed its item.</summary>
    public bool AreComplete => Array.TrueForAll(_nodes[.._live], node => _trie.Item(node) != 0);

    /// <summary>For each slot the slot that it continues.</summary>
    public long[] Parents { get; }

    /// <summary>The newest token of each slot; 0 for one without any.</summary>
    public IEnumerable<long> Tokens => _nodes.Select(n => (long)Math.Max(_trie.Token(n), 0));

    /// <summary>Replaces the beams by the best W of their allowed children and of those that are complete.</summary>
    /// <param name="logits">[live or W, K] of the next step's tokens.</param>
    /// <param name="range">The K tokens.</param>
    public void Expand(ReadOnlySpan<float> logits, TokenRange range)
    {
        for (var beam = 0; beam < _live; beam++)
        {
            if (KeepsComplete(beam)) continue;
            var row = logits.Slice(beam * range.Count, range.Count);
            var (start, end) = _trie.Children(_nodes[beam]);
            var prefix = _scores[beam] - LogSumExp(row, range.First, start, end);
            for (var child = start; child < end; child++)
            {
                var score = prefix + row[_trie.Token(child) - range.First];
                if (IsWanted(child, score) && Leads(child)) Keep(child, beam, score);
            }
        }

        Settle();
    }

    /// <summary>The same at a step that no model has learned: by the children's shares.</summary>
    public void ExpandByShare()
    {
        for (var beam = 0; beam < _live; beam++)
        {
            if (KeepsComplete(beam)) continue;
            var (start, end) = _trie.Children(_nodes[beam]);
            for (var child = start; child < end; child++)
            {
                var score = _scores[beam] + _trie.LogShare(child);
                if (IsWanted(child, score) && Leads(child)) Keep(child, beam, score);
            }
        }

        Settle();
    }

    /// <summary>The items reached, best first.</summary>
    public IReadOnlyList<(int Item, float LogProbability)> Results() =>
        Enumerable.Range(0, _live).Select(i => (_trie.Item(_nodes[i]), _scores[i])).ToArray();

    /// <summary>Whether a beam has its item already, which then stands for itself.</summary>
    private bool KeepsComplete(int beam)
    {
        if (_trie.Item(_nodes[beam]) == 0) return false;
        if (IsWanted(_nodes[beam], _scores[beam])) Keep(_nodes[beam], beam, _scores[beam]);
        return true;
    }

    private bool IsWanted(int node, float score) => _best.Count < Width
        || (_best.TryPeek(out _, out var worst) && (score > worst.Score || (score == worst.Score && node < worst.Node)));

    private void Keep(int node, int beam, float score)
    {
        if (_best.Count < Width) _best.Enqueue((node, beam), (score, node));
        else _best.DequeueEnqueue((node, beam), (score, node));
    }

    /// <summary>Over all children, excluded ones too: leaving an item out of the list does not make the others likelier.</summary>
    private float LogSumExp(ReadOnlySpan<float> row, int first, int start, int end)
    {
        var greatest = float.NegativeInfinity;
        for (var child = start; child < end; child++) greatest = Math.Max(greatest, row[_trie.Token(child) - first]);
        var sum = 0f;
        for (var child = start; child < end; child++) sum += MathF.Exp(row[_trie.Token(child) - first] - greatest);
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
