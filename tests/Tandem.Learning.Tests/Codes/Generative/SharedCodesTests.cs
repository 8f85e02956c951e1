using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Codes.Generative;

/// <summary>Lists over items of which many share all codes, held to a count over the whole catalogue.</summary>
public sealed class SharedCodesTests : IDisposable
{
    private const int Items = 60;
    private static readonly int[] _history = [17, 41, 3, 58];

    private static readonly ItemCodes _codes = Draw();
    private static readonly long[] _events = [0, .. Enumerable.Range(1, Items).Select(item => (long)(item * 7 % 11))];
    private readonly Llama _model;

    public SharedCodesTests()
    {
        _model = new Llama(
            new() { Vocabulary = _codes.ToTokens().Vocabulary, Width = 16, Blocks = 2, Heads = 2, Hidden = 24 }, new Noise(1));
        Values.Scatter(_model, 0.6);
        _model.eval();
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public void The_model_reads_and_writes_the_learned_codes_alone()
    {
        var tokens = _codes.ToTokens();
        Assert.Equal((3, 2), (tokens.Steps, tokens.Learned));
        Assert.Equal(tokens.Range(2).First, tokens.Vocabulary);
        Assert.Equal([0, .. _history.SelectMany(item => Tokens(_codes[item]))], tokens.Prompt(_history).Select(token => (long)token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void With_a_beam_for_every_item_it_equals_a_sum_over_the_catalogue(int historyLength)
    {
        var history = _history[..historyLength];
        var scores = Score(history, beams: Items);
        Assert.All(Enumerable.Range(1, Items), item => Close.Number(Exhaustive(history, item), scores[item], tolerance: 1e-4));
        Assert.Equal(1, scores[1..].Sum(score => Math.Exp(score)), tolerance: 1e-4);
    }

    [Fact]
    public void What_no_beam_finds_is_a_miss_and_what_one_finds_has_its_own_score()
    {
        var (all, some) = (Score(_history, beams: Items), Score(_history, beams: 7));
        var found = Enumerable.Range(1, Items).Where(item => float.IsFinite(some[item])).ToArray();
        Assert.Equal(7, found.Length);
        Assert.All(found, item => Close.Number(all[item], some[item], tolerance: 1e-4));
        Assert.All(Enumerable.Range(1, Items).Except(found), item => Assert.Equal(float.NegativeInfinity, some[item]));
    }

    [Fact]
    public void Items_of_equal_codes_share_by_their_training_events()
    {
        var scores = Score(_history, beams: Items);
        foreach (var group in _codes.Groups())
        {
            var all = group.Sum(item => _events[item] + 1.0);
            var whole = Math.Log(group.Sum(item => Math.Exp(scores[item])));
            Assert.All(group, item => Assert.Equal(Math.Log((_events[item] + 1) / all), scores[item] - whole, tolerance: 1e-3));
        }
    }

    [Fact]
    public void A_list_holds_real_distinct_unseen_items_also_of_a_group_that_is_partly_seen()
    {
        var seen = _codes.Groups().SelectMany(group => group.Skip(1)).ToArray();
        foreach (var count in new[] { 1, 5, 20, Items })
        {
            var list = Assert.Single(Scorer(beams: 10, null).Search.Search([seen], [count]));
            Assert.Equal(Math.Min(count, Items - seen.Length), list.Count);
            Assert.Equal(list.Count, list.Select(entry => entry.Item).Distinct().Count());
            Assert.All(list, entry => Assert.True(entry.Item is >= 1 and <= Items && !seen.Contains(entry.Item)));
            Assert.Equal(list.OrderByDescending(entry => entry.LogProbability), list);
        }
    }

    [Fact]
    public void Beams_beyond_a_short_list_find_what_its_own_number_hides()
    {
        var wide = Assert.Single(Scorer(beams: Items, null).Search.Search([_history], [3]));
        var scores = Score(_history, beams: Items);
        var expected = Enumerable.Range(1, Items).Except(_history).OrderByDescending(item => scores[item]).Take(3);
        Assert.Equal(expected, wide.Select(entry => entry.Item));
    }

    [Fact]
    public void A_calibration_changes_scores_and_no_order()
    {
        var plain = Assert.Single(Scorer(beams: 20, null).Search.Search([_history], [20]));
        var calibration = new ListCalibration(0.5, -1);
        var calibrated = Assert.Single(Scorer(beams: 20, calibration).Search.Search([_history], [20]));
        Assert.Equal(plain.Select(entry => entry.Item), calibrated.Select(entry => entry.Item));
        Assert.Equal(plain.Select(entry => calibration.Of(entry.LogProbability)), calibrated.Select(entry => entry.LogProbability));
        Assert.NotEqual(plain[0].LogProbability, calibrated[0].LogProbability);
    }

    private static ItemCodes Draw()
    {
        var random = NamedSeed.Create(5, "codes");
        return new(2, 4, [.. Enumerable.Range(0, 2 * Items).Select(_ => (ushort)random.Next(4))]);
    }

    private GenerativeScorer Scorer(int beams, ListCalibration? calibration) =>
        new(_model, _codes.ToTokens(), new(_events, calibration), window: 8, beams);

    private float[] Score(int[] history, int beams)
    {
        var scores = new float[Items + 1];
        Scorer(beams, null).Score([new History(history, default)], scores);
        return scores;
    }

    /// <summary>
    /// ln p of the item's codes, one whole sequence for each, among codes that some item has; then its share in the group.
    /// </summary>
    private double Exhaustive(int[] history, int item)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var own = _codes[item].ToArray();
        long[] tokens = [0, .. history.SelectMany(seen => Tokens(_codes[seen])), .. Tokens(own)];
        var logits = _model.forward(tensor(tokens).unsqueeze(0))[0];
        var sum = 0.0;
        for (var level = 0; level < 2; level++)
        {
            var row = Values.Of(logits[2 * history.Length + level]);
            var choices = Enumerable.Range(1, Items)
                .Where(other => _codes[other][..level].SequenceEqual(own.AsSpan(0, level))).Select(other => (int)_codes[other][level]);
            var first = _codes.ToTokens().Range(level).First;
            sum += row[first + own[level]] - Math.Log(choices.Distinct().Sum(code => Math.Exp(row[first + code])));
        }

        var group = Enumerable.Range(1, Items).Where(other => _codes[other].SequenceEqual(own));
        return sum + Math.Log((_events[item] + 1) / group.Sum(other => _events[other] + 1.0));
    }

    private static long[] Tokens(ReadOnlySpan<ushort> codes)
    {
        var tokens = _codes.ToTokens();
        return [tokens.Range(0).First + codes[0], tokens.Range(1).First + codes[1]];
    }
}
