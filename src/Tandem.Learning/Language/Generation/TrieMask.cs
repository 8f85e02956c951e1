using Tandem.Learning.Language.Items;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>What added to logits leaves a softmax over the tokens that lead to items.</summary>
internal static class TrieMask
{
    /// <summary>[N, K] float32: 0 for the tokens that continue a node's prefix, −∞ for all others.</summary>
    /// <param name="trie">Of the items.</param>
    /// <param name="nodes">N nodes, none a leaf.</param>
    /// <param name="range">K tokens that hold those of the nodes' children.</param>
    public static Tensor Create(ItemTrie trie, ReadOnlySpan<int> nodes, TokenRange range)
    {
        var values = new float[nodes.Length * range.Count];
        values.AsSpan().Fill(float.NegativeInfinity);
        for (var i = 0; i < nodes.Length; i++)
        {
            var row = values.AsSpan(i * range.Count, range.Count);
            var (start, end) = trie.Children(nodes[i]);
            for (var child = start; child < end; child++) row[trie.Token(child) - range.First] = 0;
        }

        return tensor(values, nodes.Length, range.Count);
    }
}
