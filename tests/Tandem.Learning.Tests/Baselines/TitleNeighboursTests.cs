using Tandem.Data;
using Tandem.Learning.Baselines;
using Tandem.Learning.Text;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Baselines;

public sealed class TitleNeighboursTests
{
    private const int Items = 9, Width = 5;
    private static readonly TitleNeighbourOptions _options = new() { Source = new() { Encoder = "tfidf" }, Recent = 3 };

    [Fact]
    public void A_score_is_the_soft_maximum_of_the_cosines_with_the_last_titles()
    {
        var titles = Titles();
        using var scorer = new TitleNeighbours(_options, titles);
        int[] history = [7, 1, 3, 5]; // of which the last three are read
        var scores = Score(scorer, history);
        for (var item = 1; item < Items; item++)
        {
            var (sum, total) = (0.0, 0.0);
            for (var k = 0; k < 3; k++)
            {
                var share = Math.Pow(_options.RecencyDecay, k);
                sum += share * Math.Exp(Cosine(titles, item, history[^(k + 1)]) / _options.Temperature);
                total += share;
            }

            Assert.Equal(_options.Temperature * Math.Log(sum / total), scores[item], 1e-5);
        }
    }

    [Fact]
    public void Items_without_a_title_are_neutral_and_so_is_a_history_of_them()
    {
        using var scorer = new TitleNeighbours(_options, Titles());
        Assert.Equal(0, Score(scorer, [1, 2])[Items]);
        Assert.All(Score(scorer, [Items, Items]), score => Assert.Equal(0, score));
        Assert.All(Score(scorer, []), score => Assert.Equal(0, score));
        Assert.Equal(Score(scorer, [Items, 2, Items])[1..], Score(scorer, [2, Items])[1..]);
    }

    [Fact]
    public void Small_temperatures_stay_finite()
    {
        using var scorer = new TitleNeighbours(_options with { Temperature = 0.01 }, Titles());
        Assert.All(Score(scorer, [1, 2, 3]), score => Assert.InRange(score, -1.1f, 1.1f));
    }

    [Fact]
    public void Saved_and_loaded_it_scores_the_same_and_damage_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var scorer = new TitleNeighbours(_options, Titles());
        scorer.Save(folder["model.safetensors"]);
        using (var loaded = TitleNeighbours.Load(folder["model.safetensors"])) Assert.Equal(Score(scorer, [4, 6]), Score(loaded, [4, 6]));
        var bytes = File.ReadAllBytes(folder["model.safetensors"]);
        File.WriteAllBytes(folder["model.safetensors"], bytes[..^1]);
        Assert.Throws<SafetensorsException>(() => TitleNeighbours.Load(folder["model.safetensors"]));
    }

    [Theory]
    [InlineData(0, 0.5, 0.1)]
    [InlineData(5, 0, 0.1)]
    [InlineData(5, 1.5, 0.1)]
    [InlineData(5, 0.5, 0.001)]
    [InlineData(5, 0.5, double.NaN)]
    public void Settings_that_mean_nothing_are_refused(int recent, double decay, double temperature) =>
        Assert.ThrowsAny<ArgumentException>(() => new TitleNeighbours(
            _options with { Recent = recent, RecencyDecay = decay, Temperature = temperature }, Titles()));

    private static float[] Score(TitleNeighbours scorer, int[] history)
    {
        var scores = new float[Items + 1];
        scorer.Score([new History(history, default)], scores);
        return scores;
    }

    private static double Cosine(ItemVectors titles, int a, int b)
    {
        var sum = 0.0;
        for (var d = 0; d < Width; d++) sum += (double)titles[a][d] * titles[b][d];
        return sum;
    }

    /// <summary>Random directions; the last item has none.</summary>
    private static ItemVectors Titles()
    {
        var random = NamedSeed.Create(1, "titles");
        var (values, has) = (new float[(Items + 1) * Width], new bool[Items + 1]);
        for (var item = 1; item < Items; item++)
        {
            has[item] = true;
            var own = values.AsSpan(item * Width, Width);
            for (var d = 0; d < Width; d++) own[d] = (float)(random.NextDouble() - 0.5);
            var length = MathF.Sqrt(own.ToArray().Sum(value => value * value));
            for (var d = 0; d < Width; d++) own[d] /= length;
        }

        return new("drawn", Items, Width, values, has);
    }
}
