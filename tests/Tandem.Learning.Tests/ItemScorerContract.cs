using Tandem.Data;
using Tandem.Tests;

namespace Tandem.Learning.Tests;

/// <summary>What every <see cref="IItemScorer"/> promises. A subclass says how its model is trained, saved and loaded.</summary>
public abstract class ItemScorerContract
{
    private const int LongHistory = 3000;

    /// <summary>What the model must learn, and its training data in every test.</summary>
    protected virtual PlantedPattern Pattern => PlantedPattern.Ring;

    /// <summary>Largest difference that batches of another shape may make; 0 where rows share no arithmetic.</summary>
    protected virtual double Tolerance => 0;

    /// <summary>Trains from scratch; the same call gives the same model.</summary>
    internal abstract IItemScorer Train(TrainingSequences sequences);

    /// <summary>Writes the model to a path of an existing folder.</summary>
    internal abstract void Save(IItemScorer scorer, string path);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    internal abstract IItemScorer Load(string path);

    [Fact]
    public void It_learns_the_planted_pattern()
    {
        var scorer = Train();
        foreach (var (history, answer) in Pattern.Questions)
        {
            var scores = Score(scorer, [history])[0];
            var rivals = Enumerable.Range(1, Pattern.Items).Except(history).Where(item => item != answer);
            Assert.All(rivals, rival => Assert.True(
                scores[answer] > scores[rival],
                $"after [{string.Join(' ', history)}] item {rival} scores {scores[rival]}, item {answer} only {scores[answer]}"));
        }
    }

    [Fact]
    public void It_knows_its_catalogue_and_its_name()
    {
        var scorer = Train();
        Assert.Equal(Pattern.Items, scorer.ItemCount);
        Assert.Matches("^[a-z0-9]+$", scorer.Kind);
    }

    [Fact]
    public void A_history_scores_alike_alone_and_beside_others()
    {
        var scorer = Train();
        var histories = Histories();
        var together = Score(scorer, histories);
        for (var row = 0; row < histories.Length; row++)
            Close.Row(Score(scorer, [histories[row]])[0], together[row], Tolerance);
    }

    [Fact]
    public void The_order_of_the_histories_does_not_matter()
    {
        var scorer = Train();
        var histories = Histories();
        var straight = Score(scorer, histories);
        var reversed = Score(scorer, [.. histories.Reverse()]);
        for (var row = 0; row < histories.Length; row++)
            Close.Row(straight[row], reversed[^(row + 1)], Tolerance);
    }

    [Fact]
    public void What_comes_after_the_history_does_not_exist_for_it()
    {
        var scorer = Train();
        var events = Histories().MaxBy(history => history.Length)!;
        var times = Enumerable.Range(0, events.Length).Select(t => 100L * t).ToArray();
        var other = events.Select(item => item % Pattern.Items + 1).ToArray();
        for (var length = 0; length < events.Length; length++)
        {
            int[] changed = [.. events[..length], .. other[length..]];
            long[] late = [.. times[..length], .. times[length..].Select(t => t + 10_000_000)];
            var scores = ScoreRows(scorer, [Prefix(events, times, length)])[0];
            Close.Row(scores, ScoreRows(scorer, [Prefix(changed, late, length)])[0], tolerance: 0);
            Close.Row(scores, ScoreRows(scorer, [Prefix(events[..length], times[..length], length)])[0], tolerance: 0);
        }
    }

    [Fact]
    public void What_the_destination_held_before_changes_nothing()
    {
        var scorer = Train();
        var histories = Histories();
        Assert.Equal(Score(scorer, histories), Score(scorer, histories, stale: float.NaN));
    }

    [Fact]
    public void A_longer_destination_keeps_its_rest()
    {
        var scorer = Train();
        var scores = new float[2 * (Pattern.Items + 1)];
        Array.Fill(scores, -7);
        scorer.Score([new History(Pattern.Questions[0].History, default)], scores);
        Assert.All(scores[(Pattern.Items + 1)..], score => Assert.Equal(-7, score));
        Assert.Equal(Score(scorer, [Pattern.Questions[0].History])[0][1..], scores[1..(Pattern.Items + 1)]);
    }

    [Fact]
    public void Without_a_history_scores_are_finite_and_the_same_for_everybody()
    {
        var scores = Score(Train(), [[], Pattern.Questions[0].History, []]);
        Assert.All(scores[0], score => Assert.True(float.IsFinite(score)));
        Close.Row(scores[0], scores[2], Tolerance);
    }

    [Fact]
    public void No_histories_are_no_work()
    {
        float[] scores = [-7];
        Train().Score([], scores);
        Assert.Equal([-7], scores);
    }

    [Fact]
    public void A_history_longer_than_any_window_is_read()
    {
        var scorer = Train();
        var scores = Score(scorer, [Pattern.Questions[0].History, Pattern.RandomHistory(LongHistory, seed: 1)]);
        Assert.All(scores[1], score => Assert.True(float.IsFinite(score)));
        Close.Row(Score(scorer, [Pattern.Questions[0].History])[0], scores[0], Tolerance);
    }

    [Fact]
    public void Times_may_be_known_or_not()
    {
        var (history, _) = Pattern.Questions[0];
        long[] times = [.. history.Select((_, t) => 1_000_000_000L + 60 * t)];
        var scores = ScoreRows(Train(), [new History(history, times), new History(history, default)]);
        Assert.All(scores.SelectMany(row => row), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void The_same_data_give_the_same_model_and_the_same_history_the_same_scores()
    {
        var (first, second, histories) = (Train(), Train(), Histories());
        var expected = Score(first, histories);
        Assert.Equal(expected, Score(first, histories));
        Assert.Equal(expected, Score(second, histories));
        Assert.True(expected.SelectMany(row => row[1..]).Distinct().Count() > 1, "scores that never differ would prove nothing");
    }

    [Fact]
    public void Saved_and_loaded_it_scores_the_same()
    {
        using var folder = new TemporaryFolder();
        var scorer = Train();
        Save(scorer, folder["model.safetensors"]);
        var loaded = Load(folder["model.safetensors"]);
        Assert.Equal((scorer.Kind, scorer.ItemCount), (loaded.Kind, loaded.ItemCount));
        Assert.Equal(Score(scorer, Histories()), Score(loaded, Histories()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void An_id_that_is_no_item_is_refused_by_name(int beyond)
    {
        var scorer = Train();
        var id = beyond == 1 ? Pattern.Items + 1 : beyond;
        var e = Assert.ThrowsAny<ArgumentException>(() => Score(scorer, [[1, 2], [2, id, 1]]));
        Assert.Contains($"item {id} ", e.Message, StringComparison.Ordinal);
        Assert.Contains($"1 to {Pattern.Items}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_destination_that_is_too_short_is_refused()
    {
        var scorer = Train();
        var history = new History(Pattern.Questions[0].History, default);
        var scores = new float[2 * (Pattern.Items + 1) - 1];
        Assert.ThrowsAny<ArgumentException>(() => scorer.Score([history, history], scores));
    }

    internal IItemScorer Train() => Train(TrainingSequences.Of(Pattern.Items, Pattern.Sequences));

    /// <summary>[B][V + 1], with 0 in padding's place.</summary>
    internal static float[][] Score(IItemScorer scorer, int[][] histories, float stale = 0) =>
        ScoreRows(scorer, [.. histories.Select(history => new History(history, default))], stale);

    private static float[][] ScoreRows(IItemScorer scorer, History[] histories, float stale = 0)
    {
        var width = scorer.ItemCount + 1;
        var scores = new float[histories.Length * width];
        Array.Fill(scores, stale);
        scorer.Score(histories, scores);
        for (var row = 0; row < histories.Length; row++) scores[row * width] = 0;
        return [.. scores.Chunk(width)];
    }

    private static History Prefix(int[] items, long[] times, int length) => new(items.AsMemory(0, length), times.AsMemory(0, length));

    private int[][] Histories() => [.. Enumerable.Range(0, 40).Select(n => Pattern.RandomHistory(n * 7 % 31, seed: n))];
}
