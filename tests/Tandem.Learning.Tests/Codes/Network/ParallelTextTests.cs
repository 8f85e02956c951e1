using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Contents;
using Tandem.Learning.Layers;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Tests.Codes.Network;

/// <summary>Titles beside the codes of a parallel model.</summary>
public sealed class ParallelTextTests : IDisposable
{
    private const int Items = 30;
    private static readonly int[][] _histories = [[], [7], [4, 19, 4, 2, 11]];

    private readonly ParallelModel _model;

    public ParallelTextTests()
    {
        var random = NamedSeed.Create(3, "codes");
        var codes = new ItemCodes(3, 4, [.. Enumerable.Range(0, 3 * Items).Select(_ => (ushort)random.Next(4))]);
        _model = new(codes, new SasRecOptions { Width = 8, Window = 6, Dropout = 0 }.Build(new Noise(1)), temperature: 0.5);
        Values.Scatter(_model, 0.6);
        _model.Count([.. Enumerable.Range(0, Items + 1).Select(item => (long)(item % 7))]);
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_score_is_that_of_the_codes_and_the_term_of_the_titles()
    {
        var content = DrawnTitles.Draw(Items, weight: 4);
        var (plain, joined) = (Score([]), Score([content]));
        for (var row = 0; row < _histories.Length; row++)
        {
            for (var item = 1; item <= Items; item++)
                Assert.Equal(plain[row][item] + DrawnTitles.Term(content, _histories[row], item), joined[row][item], 1e-4);
        }

        Assert.NotEqual(plain[2], joined[2]);
    }

    [Fact]
    public void A_weight_of_0_changes_no_bit() => Assert.Equal(Score([]), Score([DrawnTitles.Draw(Items, weight: 0)]));

    [Fact]
    public void An_item_without_events_rises_where_its_title_is_that_of_the_last_item()
    {
        var table = new float[(Items + 1) * Items];
        for (var item = 1; item <= Items; item++) table[item * Items + (item == 7 ? 11 : item) - 1] = 1;
        var rows = ContentRows.FromTable(table, Items);
        var content = new JoinedContent(rows, new() { Name = "text", Width = Items, Recent = 1, RecencyDecay = 1, Weight = 50 });
        var (plain, joined) = (Score([])[2], Score([content])[2]); // the last item is 11; 7 has no event
        Assert.Equal(0, _model.Popularity[7]);
        Assert.Equal(plain[7] + 50, joined[7], 0.01);
        Assert.All(Enumerable.Range(1, Items).Except([7]), item => Assert.True(joined[7] > joined[item]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_titles_are_said_to_reach_is_what_the_scorer_reaches(bool maskSeen)
    {
        var data = ToySequences.Cycle(60, Items, 3, 6);
        var (cases, rows) = (ToySequences.LastItems(data), DrawnTitles.Circle(Items));
        using var plain = new ParallelScorer(_model, popularityWeight: 0.3);
        var fit = ContentFit.Choose(plain, "text", rows, recent: 3, cases, maskSeen, scale: 2, ofOthers: true);
        using var joined = new ParallelScorer(_model, popularityWeight: 0.3, [new(rows, fit.Join)]);
        Assert.True(fit.Join.Weight > 0);
        Assert.Equal(fit.Without, new RankingMetrics(FullRanking.Ranks(plain, cases, maskSeen)).Ndcg(10), 1e-12);
        Assert.Equal(fit.Validation, new RankingMetrics(FullRanking.Ranks(joined, cases, maskSeen)).Ndcg(10), 1e-3);
    }

    [Fact]
    public void Titles_of_another_catalogue_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => Score([DrawnTitles.Draw(Items + 1, weight: 1)]));
        Assert.Contains($"of {Items + 1} items beside a model of {Items}", e.Message, StringComparison.Ordinal);
    }

    private float[][] Score(IReadOnlyList<JoinedContent> contents)
    {
        using var scorer = new ParallelScorer(_model, popularityWeight: 0.3, contents);
        var scores = new float[_histories.Length * (Items + 1)];
        scorer.Score([.. _histories.Select(items => new History(items, default))], scores);
        return [.. scores.Chunk(Items + 1)];
    }
}
