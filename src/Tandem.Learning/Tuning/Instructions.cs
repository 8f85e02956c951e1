using System.Collections.Concurrent;
using Tandem.Learning.Language.Tokenizers;

namespace Tandem.Learning.Tuning;

/// <summary>
/// Words around items, after the families of P5 (arXiv 2203.13366, appendix): the next item, a choice, yes or no, titles. Words and items
/// are turned into tokens apart, so that no title can become a code.
/// </summary>
/// <param name="items">As the model writes them.</param>
/// <param name="tokenizer">Of words; null where all is taught without.</param>
/// <param name="titles">[V + 1] by item; null where an item has none.</param>
internal sealed class Instructions(WrittenItems items, TextTokenizer? tokenizer, IReadOnlyList<string?> titles)
{
    private const int Candidates = 20; // of a choice, the right one among them, as P5's are 100 on a window four times as long

    private const int MostTitleTokens = 64; // what is behind them tells little, and a catalogue may hold any text

    private static readonly string[][] _sequential =
    [
        ["A customer took these items, oldest first:", "Which item comes next?"],
        ["History:", "Predict the item that follows."],
        ["After", "the customer takes"],
    ];

    private readonly ConcurrentDictionary<string, IReadOnlyList<int>> _words = new(StringComparer.Ordinal);

    /// <summary>What lists are asked for by: the first of the wordings.</summary>
    /// <param name="history">Oldest first.</param>
    public int[] Asked(IReadOnlyList<int> history) => Wording(_sequential[0], history);

    /// <summary>What lists are asked for by without words: the items alone.</summary>
    /// <param name="history">Oldest first.</param>
    /// <param name="hasEncoder">True to end the text that an encoder reads; else the token that begins a text goes before it.</param>
    public int[] Plain(IReadOnlyList<int> history, bool hasEncoder) => hasEncoder
        ? [.. history.SelectMany(items.Of), items.End]
        : [items.Tokens.Start, .. history.SelectMany(items.Of)];

    /// <summary>An instruction about an event of a user, or about an item.</summary>
    /// <param name="kind">Any but <see cref="InstructionKind.Titles"/>.</param>
    /// <param name="history">What came before, oldest first.</param>
    /// <param name="target">What came.</param>
    /// <param name="hasEncoder">Whether the model has one.</param>
    /// <param name="random">Draws wordings and other items.</param>
    public Instruction Of(InstructionKind kind, IReadOnlyList<int> history, int target, bool hasEncoder, Random random) => kind switch
    {
        InstructionKind.History => Answered(Plain(history, hasEncoder), target),
        InstructionKind.Sequential => Answered(Wording(_sequential[random.Next(_sequential.Length)], history), target),
        InstructionKind.Choice => Choice(history, target, random),
        _ => YesNo(history, target, random),
    };

    /// <summary>The title of an item, or the item of a title; null for one without.</summary>
    /// <param name="item">1 … V.</param>
    /// <param name="random">Draws which.</param>
    public Instruction? Title(int item, Random random)
    {
        if (titles[item] is not { Length: > 0 } title) return null;
        int[] words = [.. KnownTokens.Of(tokenizer!, title, items.First).Take(MostTitleTokens)];
        return random.Next(2) == 0
            ? Answered([.. Words("Which item is called"), .. words, .. Words("?"), items.End], item)
            : new([.. Words("What is"), .. items.Of(item), .. Words("called?"), items.End], [.. words, items.End], 0);
    }

    private Instruction Choice(IReadOnlyList<int> history, int target, Random random)
    {
        var named = new List<int> { target };
        for (var tries = 0; named.Count < Candidates && tries < 10 * Candidates; tries++)
        {
            var other = random.Next(1, items.Tokens.Items + 1);
            if (!named.Contains(other) && !history.Contains(other)) named.Add(other);
        }

        var order = named.ToArray();
        random.Shuffle(order);
        return Answered(
            [.. Words("History:"), .. Listed(history), .. Words("Which of these comes next:"), .. Listed(order), .. Words("?"), items.End],
            target);
    }

    private Instruction YesNo(IReadOnlyList<int> history, int target, Random random)
    {
        var isRight = random.Next(2) == 0;
        var other = random.Next(1, items.Tokens.Items + 1);
        var asked = isRight || other == target ? target : other;
        return new(
            [.. Words("History:"), .. Listed(history), .. Words("Is this the next item:"), .. items.Of(asked), .. Words("?"), items.End],
            [.. Words(asked == target ? "yes" : "no"), items.End], 0);
    }

    private Instruction Answered(int[] read, int item) =>
        new(read, items.Added > 0 ? items.Of(item) : [.. items.Of(item), items.End], items.Added > 0 ? item : 0);

    private int[] Wording(string[] words, IReadOnlyList<int> history) =>
        [.. Words(words[0]), .. Listed(history), .. Words(words[1]), items.End];

    /// <summary>Items with a comma between them.</summary>
    private IEnumerable<int> Listed(IReadOnlyList<int> history) =>
        history.SelectMany((item, i) => i == 0 ? items.Of(item) : [.. Words(","), .. items.Of(item)]);

    private IReadOnlyList<int> Words(string text) =>
        _words.GetOrAdd(text, words => KnownTokens.Of(tokenizer!, words, items.First));
}
