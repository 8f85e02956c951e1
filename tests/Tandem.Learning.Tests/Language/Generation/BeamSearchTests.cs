using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Language.Generation;

public sealed class BeamSearchTests : IDisposable
{
    private static readonly int[] _history = [17, 101, 3, 58];

    private readonly Llama _model = ToyCatalog.Model();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void With_a_beam_for_every_item_it_equals_scoring_them_all(int historyLength)
    {
        var history = _history[..historyLength];
        var scores = new ExhaustiveScores(_model, history);
        var expected = Enumerable.Range(1, ToyCatalog.Items).OrderByDescending(i => scores.Of(i)).ToArray();
        var found = Search(history, excluded: [], beams: ToyCatalog.Items + 10);
        Assert.Equal(expected, found.Select(f => f.Item));
        Assert.All(found, f => Close.Number(scores.Of(f.Item), f.LogProbability, tolerance: 1e-4));
    }

    [Fact]
    public void The_probabilities_of_all_items_sum_to_1() =>
        Assert.Equal(1, Search(_history, excluded: [], beams: ToyCatalog.Items).Sum(f => Math.Exp(f.LogProbability)), tolerance: 1e-4);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void With_few_beams_it_keeps_the_best_prefixes_of_each_level(int beams)
    {
        var scores = new ExhaustiveScores(_model, _history);
        var found = Search(_history, _history, beams);
        Assert.Equal(scores.BeamSearch(beams, _history), found.Select(f => f.Item));
        Assert.All(found, f => Close.Number(scores.Of(f.Item), f.LogProbability, tolerance: 1e-4));
    }

    [Fact]
    public void Scores_descend_and_no_item_comes_twice()
    {
        foreach (var beams in new[] { 1, 7, 50, 300 })
        {
            var found = Search(_history, _history, beams);
            Assert.Equal(found.OrderByDescending(f => f.LogProbability), found);
            Assert.Equal(found.Count, found.Select(f => f.Item).Distinct().Count());
        }
    }

    [Fact]
    public void Excluded_items_are_never_returned_even_where_a_whole_prefix_is_excluded()
    {
        var best = ToyCatalog.Ids.Codes(Search(_history, [], beams: 1)[0].Item).ToArray();
        var below = Enumerable.Range(1, ToyCatalog.Items).Where(i => ToyCatalog.Ids.Codes(i)[0] == best[0]).ToArray();
        foreach (var excluded in new[] { below, [.. below.Where(i => ToyCatalog.Ids.Codes(i)[1] == best[1])], [.. below[1..]] })
        {
            var found = Search(_history, excluded, beams: ToyCatalog.Items);
            Assert.Equal(Enumerable.Range(1, ToyCatalog.Items).Except(excluded), found.Select(f => f.Item).Order());
            Assert.Equal(10, Search(_history, excluded, beams: 10).Count);
        }
    }

    [Fact]
    public void An_item_that_is_excluded_twice_takes_no_neighbour_with_it()
    {
        var (first, second) = Siblings();
        var found = Search(_history, [first, first], beams: ToyCatalog.Items);
        Assert.Contains(second, found.Select(f => f.Item));
        Assert.Equal(ToyCatalog.Items - 1, found.Count);
    }

    [Fact]
    public void Leaving_items_out_does_not_change_the_scores_of_the_others()
    {
        var all = Search(_history, [], beams: ToyCatalog.Items).ToDictionary(f => f.Item, f => f.LogProbability);
        foreach (var (item, score) in Search(_history, [1, 2, 3, 4, 5], beams: ToyCatalog.Items))
            Close.Number(all[item], score);
    }

    [Fact]
    public void With_one_item_left_or_none_the_answer_is_that_short()
    {
        var all = Enumerable.Range(1, ToyCatalog.Items).ToArray();
        Assert.Equal(77, Assert.Single(Search(_history, [.. all.Where(i => i != 77)], beams: 5)).Item);
        Assert.Empty(Search(_history, all, beams: 5));
    }

    [Fact]
    public void A_history_is_answered_alike_alone_and_beside_others()
    {
        int[][] histories = [[1, 2], [200, 5, 17, 9, 101], []];
        int[][] excluded = [[1, 2], [.. Enumerable.Range(1, 235)], []];
        var prompts = histories.Select(h => ToyCatalog.Tokens.Prompt(h)).ToArray();
        var together = new BeamSearch(_model, ToyCatalog.Trie).Search(prompts, excluded, beams: 12);
        for (var i = 0; i < 3; i++)
        {
            var alone = Search(histories[i], excluded[i], beams: 12);
            Assert.Equal(alone.Select(f => f.Item), together[i].Select(f => f.Item));
            Close.Row([.. alone.Select(f => f.LogProbability)], [.. together[i].Select(f => f.LogProbability)], tolerance: 1e-5);
        }
    }

    [Fact]
    public void A_search_leaves_no_tensor_behind() => LiveTensors.AssertKept(() => Search(_history, _history, beams: 5));

    /// <summary>Two items that differ in the last code alone and have no third beside them.</summary>
    private static (int First, int Second) Siblings()
    {
        var pair = Enumerable.Range(1, ToyCatalog.Items)
            .GroupBy(i => (ToyCatalog.Ids.Codes(i)[0], ToyCatalog.Ids.Codes(i)[1])).First(group => group.Count() == 2).ToArray();
        return (pair[0], pair[1]);
    }

    private IReadOnlyList<(int Item, float LogProbability)> Search(int[] history, int[] excluded, int beams) =>
        Assert.Single(new BeamSearch(_model, ToyCatalog.Trie).Search([ToyCatalog.Tokens.Prompt(history)], [excluded], beams));
}
