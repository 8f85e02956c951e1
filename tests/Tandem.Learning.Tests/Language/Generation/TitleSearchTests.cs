using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Items;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Generation;

/// <summary>Items of unequal lengths, and a model that is no transformer: a table of what follows what.</summary>
public class TitleSearchTests
{
    private const int Vocabulary = 6, End = 5;

    private static readonly int[][] _titles = [[1, 2], [1], [1, 2, 3, 4], [2, 2, 2], [3], [4, 1], [4, 1, 1], [4, 4, 4, 4, 4]];
    private static readonly ItemTrie _trie = new(ItemTokens.Of(_titles, start: 0, End));
    private static readonly float[,] _table = Draw();
    private static readonly int[] _start = [0];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20)]
    public void Titles_that_end_early_compete_with_those_that_go_on(int beams)
    {
        var found = Assert.Single(Search([[]], beams));
        Assert.Equal(InTheOpen(beams), found.Select(f => f.Item));
        Assert.All(found, f => Close.Number(LogProbability([.. _titles[f.Item - 1], End]), f.LogProbability));
    }

    [Fact]
    public void The_probabilities_of_all_titles_sum_to_1() =>
        Assert.Equal(1, Assert.Single(Search([[]], beams: 8)).Sum(f => Math.Exp(f.LogProbability)), tolerance: 1e-5);

    [Fact]
    public void A_list_that_is_done_waits_for_the_others_of_its_batch()
    {
        int[] onlyShort = [1, 3, 4, 6, 7, 8], onlyLong = [1, 2, 3, 4, 5, 6, 7];
        var found = Search([onlyShort, onlyLong, [1, 2, 3, 4, 5, 6, 7, 8]], beams: 3);
        Assert.Equal([2, 5], found[0].Select(f => f.Item).Order());
        Assert.All(found[0], f => Close.Number(LogProbability([.. _titles[f.Item - 1], End]), f.LogProbability));
        Assert.Equal(8, Assert.Single(found[1]).Item);
        Assert.Empty(found[2]);
    }

    private static IReadOnlyList<(int Item, float LogProbability)>[] Search(int[][] excluded, int beams) =>
        new BeamSearch(new Bigrams(), _trie).Search([.. excluded.Select(_ => _start)], excluded, beams);

    /// <summary>At each step the best prefixes, whole titles among them, out of those of all titles.</summary>
    private static int[] InTheOpen(int beams)
    {
        var whole = _titles.Select(title => (int[])[.. title, End]).ToArray();
        var kept = new List<int[]> { Array.Empty<int>() };
        for (var length = 1; length <= whole.Max(t => t.Length); length++)
        {
            var grown = kept.SelectMany(prefix => whole.Where(t => t.Take(prefix.Length).SequenceEqual(prefix))
                .Select(t => t.Take(Math.Min(t.Length, Math.Max(length, prefix.Length))).ToArray()));
            kept = [.. grown.DistinctBy(p => string.Join(' ', p)).OrderByDescending(LogProbability).Take(beams)];
        }

        return [.. kept.Select(found => Array.FindIndex(whole, t => t.SequenceEqual(found)) + 1)];
    }

    /// <summary>Σ log p(token | token before) among those with which a title goes on.</summary>
    private static double LogProbability(int[] prefix)
    {
        var sum = 0.0;
        for (var i = 0; i < prefix.Length; i++)
        {
            var before = i == 0 ? 0 : prefix[i - 1];
            var choices = _titles.Select(title => (int[])[.. title, End])
                .Where(t => t.Length > i && t.Take(i).SequenceEqual(prefix.Take(i))).Select(t => t[i]).Distinct();
            sum += _table[before, prefix[i]] - Math.Log(choices.Sum(c => Math.Exp(_table[before, c])));
        }

        return sum;
    }

    private static float[,] Draw()
    {
        var (random, table) = (new Random(12), new float[Vocabulary, Vocabulary]);
        for (var a = 0; a < Vocabulary; a++)
        {
            for (var b = 0; b < Vocabulary; b++) table[a, b] = random.NextSingle() * 4;
        }

        return table;
    }

    private sealed class Bigrams : ICausalModel
    {
        public int Blocks => 0;

        public int Vocabulary => TitleSearchTests.Vocabulary;

        public ArithmeticKind Arithmetic { get; set; }

        public Tensor Encode(Tensor tokens, IReadOnlyList<LayerCache>? caches) => Rows(tokens);

        public Tensor EncodeLast(Tensor tokens, IReadOnlyList<LayerCache> caches, Tensor? isText) => Rows(tokens.narrow(1, -1, 1));

        public Tensor Advance(Tensor tokens, IReadOnlyList<LayerCache> caches) => Rows(tokens);

        public Tensor Logits(Tensor states, TokenRange range) => states.narrow(-1, range.First, range.Count);

        /// <summary>[B, W] → [B, W, V].</summary>
        private static Tensor Rows(Tensor tokens) =>
            tensor(_table).index_select(0, tokens.flatten()).view(tokens.shape[0], tokens.shape[1], -1);
    }
}
