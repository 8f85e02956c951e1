namespace Tandem.Learning.Language.Generation;

/// <summary>
/// The beams of one prompt in a search over the whole vocabulary. There are always W slots so that a batch stays rectangular; spare slots
/// repeat slot 0 and score −∞.
/// </summary>
/// <param name="width">W.</param>
/// <param name="ends">Tokens that end a text.</param>
internal sealed class TokenBeams(int width, IReadOnlyCollection<int> ends)
{
    private static readonly Comparer<WrittenTokens> _byLikelihood =
        Comparer<WrittenTokens>.Create((a, b) => a.LogProbability.CompareTo(b.LogProbability));

    private readonly List<WrittenTokens> _ended = [];
    private List<WrittenTokens> _live = [new([], 0)];

    /// <summary>Whether no further step can change the result.</summary>
    public bool AreDone { get; private set; }

    /// <summary>[W] for each slot the slot that it continues.</summary>
    public long[] Parents { get; } = new long[width];

    /// <summary>[W] the newest token of each slot; 0 before the first step.</summary>
    public IEnumerable<long> Tokens => Slots.Select(text => text.Tokens.Count == 0 ? 0L : text.Tokens[^1]);

    /// <summary>[W] log-probabilities of the slots; those that are spare score −∞.</summary>
    public IEnumerable<float> Scores => Enumerable.Range(0, width)
        .Select(slot => slot < _live.Count ? (float)_live[slot].LogProbability : float.NegativeInfinity);

    private IEnumerable<WrittenTokens> Slots => Enumerable.Range(0, width).Select(slot => _live[slot < _live.Count ? slot : 0]);

    /// <summary>Goes on by a step.</summary>
    /// <param name="next">At most W continuations, best first: the slot that goes on, its token and that token's log-probability.</param>
    public void Continue(IEnumerable<(int Slot, int Token, float LogProbability)> next)
    {
        if (AreDone) return;
        var (live, parents) = (new List<WrittenTokens>(), new List<int>());
        foreach (var (slot, token, logProbability) in next)
        {
            var text = new WrittenTokens([.. _live[slot].Tokens, token], _live[slot].LogProbability + logProbability);
            if (ends.Contains(token))
            {
                _ended.Add(text);
                continue;
            }

            live.Add(text);
            parents.Add(slot);
        }

        AreDone = live.Count == 0 || _ended.Count(text => text.LogProbability >= live[0].LogProbability) >= width;
        if (live.Count == 0) return;
        _live = live;
        for (var slot = 0; slot < width; slot++) Parents[slot] = parents[slot < parents.Count ? slot : 0];
    }

    /// <summary>The likeliest texts, best first: those that have ended, and those that could go on.</summary>
    /// <param name="steps">Tokens of a text that goes on; a shorter one has become of those that ended.</param>
    public IReadOnlyList<WrittenTokens> Results(int steps) =>
        [.. _ended.Concat(_live.Where(text => text.Tokens.Count == steps)).OrderDescending(_byLikelihood).Take(width)];
}
