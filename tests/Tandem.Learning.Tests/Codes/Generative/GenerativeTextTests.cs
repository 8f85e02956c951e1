using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Tests.Codes.Generative;

/// <summary>Titles beside the probabilities of a generative model's lists.</summary>
public sealed class GenerativeTextTests : IDisposable
{
    private const int Items = 60;
    private static readonly int[] _history = [17, 41, 3, 58];
    private static readonly ItemCodes _codes = Draw();
    private static readonly JoinedContent _content = DrawnTitles.Draw(Items, weight: 3);

    private readonly Llama _model;

    public GenerativeTextTests()
    {
        _model = new Llama(
            new() { Vocabulary = _codes.ToTokens().Vocabulary, Width = 16, Blocks = 2, Heads = 2, Hidden = 24 }, new Noise(1));
        Values.Scatter(_model, 0.6);
        _model.eval();
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_list_holds_what_the_beams_found_ordered_by_both_scores()
    {
        var (plain, joined) = (List(20, [], 20), List(20, [_content], 20));
        Assert.Equal(plain.Select(entry => entry.Item).Order(), joined.Select(entry => entry.Item).Order());
        var byHand = plain.ToDictionary(
            entry => entry.Item, entry => entry.LogProbability + DrawnTitles.Term(_content, _history, entry.Item));
        Assert.Equal(byHand.OrderByDescending(entry => entry.Value).Select(entry => entry.Key), joined.Select(entry => entry.Item));
        Assert.NotEqual(plain.Select(entry => entry.Item), joined.Select(entry => entry.Item));
        var shift = Math.Log(byHand.Values.Sum(Math.Exp) / plain.Sum(entry => Math.Exp(entry.LogProbability)));
        Assert.All(joined, entry => Assert.Equal(byHand[entry.Item] - shift, entry.LogProbability, 1e-4));
        Assert.Equal(
            plain.Sum(entry => Math.Exp(entry.LogProbability)), joined.Sum(entry => Math.Exp(entry.LogProbability)), 1e-5);
    }

    [Fact]
    public void A_short_list_is_cut_after_it_is_ordered()
    {
        var all = List(20, [_content], 20);
        Assert.Equal(all.Take(4), List(20, [_content], 4));
    }

    [Fact]
    public void Scores_are_those_of_the_list_and_no_other_item_has_one()
    {
        using var scorer = Scorer(12, [_content]);
        var scores = new float[Items + 1];
        scorer.Score([new History(_history, default)], scores);
        var list = scorer.Search.Search([_history], [12], _ => true, TestContext.Current.CancellationToken)[0];
        Assert.Equal(12, scores.Count(float.IsFinite));
        Assert.All(list, entry => Assert.Equal(entry.LogProbability, scores[entry.Item]));
    }

    [Fact]
    public async Task Candidates_are_ordered_by_both_scores()
    {
        using var scorer = Scorer(20, [_content]);
        var generator = new GenerativeCandidates(scorer.Search, "catalogue", "model");
        var lists = await generator.GenerateAsync(
            [new() { CatalogVersion = "catalogue", History = _history, Count = 10 }], TestContext.Current.CancellationToken);
        var expected = List(20, [_content], 10);
        Assert.Equal(expected.Select(entry => entry.Item), lists[0].Items);
        Assert.Equal(expected.Select(entry => entry.LogProbability), lists[0].Scores);
    }

    [Fact]
    public void A_calibration_is_of_the_joined_score()
    {
        var calibration = new ListCalibration(0.5, -1);
        Assert.Equal(
            List(20, [_content], 20).Select(entry => calibration.Of(entry.LogProbability)),
            List(20, [_content], 20, calibration).Select(entry => entry.LogProbability));
    }

    [Fact]
    public void A_weight_of_0_changes_no_bit() => Assert.Equal(List(20, [], 20), List(20, [DrawnTitles.Draw(Items, weight: 0)], 20));

    [Fact]
    public void Titles_of_another_catalogue_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => Scorer(20, [DrawnTitles.Draw(Items + 1, weight: 1)]));
        Assert.Contains($"of {Items + 1} items beside a model of {Items}", e.Message, StringComparison.Ordinal);
    }

    private static ItemCodes Draw()
    {
        var random = NamedSeed.Create(5, "codes");
        return new(2, 4, [.. Enumerable.Range(0, 2 * Items).Select(_ => (ushort)random.Next(4))]);
    }

    private GenerativeScorer Scorer(int beams, IReadOnlyList<JoinedContent> contents, ListCalibration? calibration = null) =>
        new(_model, _codes.ToTokens(), new(new long[Items + 1], calibration), window: 8, beams, contents);

    private IReadOnlyList<(int Item, float LogProbability)> List(
        int beams, IReadOnlyList<JoinedContent> contents, int count, ListCalibration? calibration = null) =>
        Scorer(beams, contents, calibration).Search.Search([_history], [count])[0];
}
