using System.Runtime.InteropServices;

namespace Tandem.Learning.Language.Items;

/// <summary>How a language model writes items: one token sequence for each, none of which begins with another's.</summary>
/// <remarks>
/// A history is the start token followed by the tokens of its items. Sequences may differ in length, as those of titles do; an end
/// token then keeps one that begins with another apart from it. Behind the steps that a model has learned there may be one that only
/// tells items apart: nothing reads it or writes it, and its probability is <see cref="ItemTrie.LogShare"/>.
/// </remarks>
public sealed class ItemTokens
{
    private readonly int[] _begins; // tokens of item i are _tokens[_begins[i - 1]] … _tokens[_begins[i] − 1]
    private readonly int[] _tokens;
    private readonly TokenRange[] _ranges;

    private ItemTokens(int[] begins, int[] tokens, TokenRange[] ranges, int start, int? learned = null)
    {
        (_begins, _tokens, _ranges, Start, Learned) = (begins, tokens, ranges, start, learned ?? ranges.Length);
        Vocabulary = Math.Max(ranges[..Learned].Max(r => r.First + r.Count), start + 1);
    }

    /// <summary>V.</summary>
    public int Items => _begins.Length - 1;

    /// <summary>The token that starts a history.</summary>
    public int Start { get; }

    /// <summary>One more than the highest token that a model learns: the smallest vocabulary of a model over them.</summary>
    public int Vocabulary { get; }

    /// <summary>Tokens of the longest item.</summary>
    public int Steps => _ranges.Length;

    /// <summary>Steps that a model reads and writes, 1 … <see cref="Steps"/>; those behind them tell items apart and no more.</summary>
    public int Learned { get; }

    /// <summary>Whether every item has <see cref="Steps"/> tokens.</summary>
    public bool HaveOneLength => _tokens.Length == (long)Items * Steps;

    /// <summary>Tokens of an item, at least one.</summary>
    /// <param name="item">1 … V.</param>
    public ReadOnlySpan<int> Of(int item) => _tokens.AsSpan(_begins[item - 1], _begins[item] - _begins[item - 1]);

    /// <summary>Where the tokens lie that can stand at a step of an item.</summary>
    /// <param name="step">0 … <see cref="Steps"/> − 1.</param>
    public TokenRange Range(int step) => _ranges[step];

    /// <summary>What a model reads of a history: the start token, then the tokens of the items that are learned.</summary>
    /// <param name="history">Items, oldest first; none is allowed.</param>
    public int[] Prompt(ReadOnlySpan<int> history)
    {
        var prompt = new List<int> { Start };
        foreach (var item in history) prompt.AddRange(Of(item)[..Math.Min(Of(item).Length, Learned)]);
        return [.. prompt];
    }

    /// <summary>Semantic ids: code c of level l is token first + l · K + c.</summary>
    /// <param name="ids">Of the items.</param>
    /// <param name="start">The token that starts a history. Default 0.</param>
    /// <param name="first">Token of the first code. Default 1; a model that also reads text has its codes behind the text's tokens.</param>
    /// <param name="learned">Levels that a model reads and writes, 1 … L; null, the default, for all.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The start token is negative or one of the codes', or so many levels are not there.
    /// </exception>
    public static ItemTokens Of(SemanticIds ids, int start = 0, int first = 1, int? learned = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var (levels, size) = (ids.Levels, ids.CodebookSize);
        if (learned is < 1 || learned > levels)
            throw new ArgumentOutOfRangeException(nameof(learned), learned, $"expected 1 to {levels} levels, as the ids have");
        if (start < 0 || (start >= first && start < first + levels * size))
        {
            throw new ArgumentOutOfRangeException(
                nameof(start), start, $"expected a token that no code has; those are {first} … {first + levels * size - 1}");
        }

        var tokens = new int[ids.Items * levels];
        for (var item = 1; item <= ids.Items; item++)
        {
            var codes = ids.Codes(item);
            for (var level = 0; level < levels; level++) tokens[(item - 1) * levels + level] = first + level * size + codes[level];
        }

        var ranges = Enumerable.Range(0, levels).Select(level => new TokenRange(first + level * size, size)).ToArray();
        return new ItemTokens([.. Enumerable.Range(0, ids.Items + 1).Select(i => i * levels)], tokens, ranges, start, learned);
    }

    /// <summary>Sequences of any lengths, such as titles as a tokenizer writes them.</summary>
    /// <param name="sequences">Tokens of the items 1 … V, at least one each, not negative.</param>
    /// <param name="start">The token that starts a history.</param>
    /// <param name="end">Closes every sequence; null where none begins with another.</param>
    /// <exception cref="ArgumentException">No items, an item without tokens, a negative token.</exception>
    public static ItemTokens Of(IReadOnlyList<IReadOnlyList<int>> sequences, int start, int? end = null)
    {
        if (sequences.Count == 0) throw new ArgumentException("no items to write; at least one is needed", nameof(sequences));
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        var (begins, tokens) = (new int[sequences.Count + 1], new List<int>());
        for (var i = 0; i < sequences.Count; i++)
        {
            if (sequences[i].Count == 0)
                throw new ArgumentException($"item {i + 1} has no tokens; at least one is needed", nameof(sequences));
            tokens.AddRange(sequences[i]);
            if (end is { } closing) tokens.Add(closing);
            begins[i + 1] = tokens.Count;
        }

        if (tokens.Min() < 0) throw new ArgumentException($"token {tokens.Min()}; tokens count from 0", nameof(sequences));
        return new ItemTokens(begins, [.. tokens], Ranges(begins, CollectionsMarshal.AsSpan(tokens)), start);
    }

    private static TokenRange[] Ranges(int[] begins, ReadOnlySpan<int> tokens)
    {
        var ranges = new List<(int Least, int Greatest)>();
        for (var item = 1; item < begins.Length; item++)
        {
            var own = tokens[begins[item - 1]..begins[item]];
            for (var step = 0; step < own.Length; step++)
            {
                if (step == ranges.Count) ranges.Add((own[step], own[step]));
                ranges[step] = (Math.Min(ranges[step].Least, own[step]), Math.Max(ranges[step].Greatest, own[step]));
            }
        }

        return [.. ranges.Select(r => new TokenRange(r.Least, r.Greatest - r.Least + 1))];
    }
}
