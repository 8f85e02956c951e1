using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// A row that is added to all tokens of an item that a text names, so that a model sees which tokens are one item: row n for the n-th item
/// of the text, row 0 for tokens of no item (whole-word embeddings: P5, arXiv 2203.13366, section 3.2; of items alone: POD, CIKM 2023).
/// </summary>
/// <param name="rows">[<see cref="Rows"/>, D].</param>
/// <param name="trie">Of the items, each closed by an end token.</param>
/// <param name="end">That token, which texts do not hold behind an item.</param>
internal sealed class WholeWords(Tensor rows, ItemTrie trie, int end)
{
    /// <summary>As published. Items further on share the last row.</summary>
    public const int Rows = 512;

    /// <summary>What is added to texts that are read.</summary>
    /// <param name="tokens">[B, T] int64.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Of(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var (B, T) = ((int)tokens.shape[0], (int)tokens.shape[1]);
        var read = tokens.cpu().data<long>().ToArray();
        var places = new long[read.Length];
        for (var row = 0; row < B; row++) Number(read.AsSpan(row * T, T), places.AsSpan(row * T, T));
        return TensorRows.Of(rows, tensor(places, device: rows.device)).view(B, T, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Numbers the items of a text from 1, the longest that fits at each place; what is none keeps 0.</summary>
    private void Number(ReadOnlySpan<long> text, Span<long> places)
    {
        var count = 0L;
        for (var at = 0; at < text.Length;)
        {
            var length = LongestItem(text[at..]);
            if (length > 0) places.Slice(at, length).Fill(Math.Min(++count, Rows - 1));
            at += Math.Max(1, length);
        }
    }

    /// <summary>Tokens of the longest item that a text begins with, 0 where it begins with none.</summary>
    private int LongestItem(ReadOnlySpan<long> text)
    {
        var (node, longest) = (ItemTrie.Root, 0);
        for (var length = 1; length <= text.Length; length++)
        {
            node = Child(node, text[length - 1]);
            if (node < 0) break;
            if (Child(node, end) >= 0) longest = length;
        }

        return longest;
    }

    /// <summary>The child that a token leads to, −1 where it leads nowhere.</summary>
    private int Child(int node, long token)
    {
        var (from, to) = trie.Children(node);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (trie.Token(middle) == token) return middle;
            if (trie.Token(middle) < token) from = middle + 1;
            else to = middle;
        }

        return -1;
    }
}
