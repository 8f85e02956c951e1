using Tandem.Data;
using Tandem.Data.Metrics;
using Tandem.Learning.Backbones;
using Tandem.Learning.Contents;
using Tandem.Learning.Tests.Training;
using Tandem.Learning.Text;
using Tandem.Learning.Training;
using Tandem.Protocol.Items;
using Tandem.Protocol.Safetensors;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Contents;

public sealed class JoinedFitTests : IDisposable
{
    private const int Items = 60;

    private static readonly SequenceRecipe _recipe = new()
    {
        Backbone = new SasRecOptions { Width = 8, Window = 8, Dropout = 0 },
        Training = new() { Epochs = 1, Seed = 1 },
    };

    private static readonly SequenceDataset _data = ToySequences.Cycle(120, Items, 4, 9);
    private static readonly RankedCases _cases = ToySequences.LastItems(_data);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_content_is_said_to_reach_is_what_the_scorer_reaches(bool maskSeen)
    {
        using var model = _recipe.Build(Items);
        using var alone = new SequenceScorer(model);
        var rows = Circle();
        var fit = ContentFit.Choose(alone, "text", rows, 5, _cases, maskSeen);
        using var joined = new SequenceScorer(model, null, [new(rows, fit.Join)]);
        Assert.Equal(fit.Without, new RankingMetrics(FullRanking.Ranks(alone, _cases, maskSeen)).Ndcg(10), 1e-12);
        Assert.Equal(fit.Validation, new RankingMetrics(FullRanking.Ranks(joined, _cases, maskSeen)).Ndcg(10), 0.02);
        Assert.True(fit.Join.Weight > 0);
        Assert.True(fit.Validation > fit.Without + 0.1, $"{fit}"); // the next item of the cycle lies next to the last one
    }

    [Fact]
    public void A_content_that_says_nothing_gets_little_weight_and_takes_nothing_away()
    {
        var data = ToySequences.Cycle(120, Items, 6, 12);
        using var model = Trained(data);
        using var alone = new SequenceScorer(model);
        var random = new Random(1);
        var rows = ContentRows.FromTable([.. Enumerable.Range(0, (Items + 1) * 4).Select(_ => random.NextSingle() - 0.5f)], 4);
        var fit = ContentFit.Choose(alone, "noise", rows, 5, ToySequences.LastItems(data), maskSeen: true);
        Assert.True(fit.Validation >= fit.Without);
        Assert.True(fit.Without > 0.9, $"{fit.Without}");
    }

    [Fact]
    public void Counts_and_contents_are_chosen_beside_each_other()
    {
        using var model = _recipe.Build(Items);
        var parts = Parts();
        var (fit, counted, contents) = JoinedFit.Choose(model, parts, _data.ButLast(), _cases, maskSeen: true);
        using var joined = new SequenceScorer(model, counted, contents);
        using var alone = new SequenceScorer(model);
        Assert.Equal(fit.ModelAlone, new RankingMetrics(FullRanking.Ranks(alone, _cases, true)).Ndcg(10), 1e-12);
        Assert.Equal(fit.Validation, new RankingMetrics(FullRanking.Ranks(joined, _cases, true)).Ndcg(10), 0.02);
        Assert.True(fit.Validation > 0.9, $"{fit.Validation}");
        Assert.Equal(["text", "category"], contents.Select(content => content.Join.Name));
        Assert.Equal(counted!.Join, fit.Count(parts, _data.Whole())!.Join);
    }

    [Fact]
    public void What_is_not_asked_for_is_no_part()
    {
        Assert.True(JoinedParts.Of(null).IsEmpty);
        Assert.True(JoinedParts.Of(new() { Enabled = false }, new(), Vectors(), null).IsEmpty);
        var parts = JoinedParts.Of(new() { Enabled = true }, new(), Vectors(), null);
        Assert.Empty(parts.Contents);
        Assert.Null(parts.Neighbours);
    }

    [Fact]
    public void A_file_keeps_contents_for_their_own_catalogue()
    {
        var join = new ContentJoin { Name = "text", Width = 2, Recent = 5, RecencyDecay = 0.5, Weight = 3 };
        ContentFile.Save(_folder["contents"], Items, [new(Circle(), join)]);
        var read = Assert.Single(ContentFile.Load(_folder["contents"], Items));
        Assert.Equal(join, read.Join);
        Assert.Equal(Circle().Codes.ToArray(), read.Rows.Codes.ToArray());
        var e = Assert.Throws<SafetensorsException>(() => ContentFile.Load(_folder["contents"], Items + 1));
        Assert.Contains($"contents of {Items} items beside a model of {Items + 1}", e.Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["cut"], File.ReadAllBytes(_folder["contents"])[..100]);
        Assert.Throws<SafetensorsException>(() => ContentFile.Load(_folder["cut"], Items));
    }

    [Fact]
    public void Training_from_another_start_is_another_training()
    {
        var (recipe, start) = (_recipe with { Training = new() { Epochs = 2, Seed = 1 } }, Vectors().Start(2, 0.2));
        var path = _folder["checkpoint"];
        recipe.Train(_data, _data.Whole(), validation: null, path, pauseAfter: 1, start: start, cancel: Cancel);
        Assert.Throws<CheckpointException>(() => recipe.Train(_data, _data.Whole(), validation: null, path, cancel: Cancel));
        using var resumed = recipe.Train(_data, _data.Whole(), validation: null, path, start: start, cancel: Cancel).Model;
        using var whole = recipe.Train(_data, _data.Whole(), validation: null, start: start, cancel: Cancel).Model;
        Assert.Equal(whole.Items.Values(), resumed.Items.Values());
        using var random = recipe.Train(_data, _data.Whole(), validation: null, cancel: Cancel).Model;
        Assert.NotEqual(whole.Items.Values(), random.Items.Values());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static JoinedParts Parts() => new(
        new() { Enabled = true }, [("text", Circle()), ("category", Circle(3))], 5, Neighbours.Of(Vectors(), 2));

    /// <summary>Items of a cycle on a circle: neighbours in the cycle are neighbours there.</summary>
    private static ItemVectors Vectors(int width = 2)
    {
        var (values, has) = (new float[(Items + 1) * width], new bool[Items + 1]);
        for (var item = 1; item <= Items; item++)
        {
            has[item] = true;
            (values[item * width], values[item * width + 1]) = MathF.SinCos(2 * MathF.PI * item / Items);
        }

        return new("circle", Items, width, values, has);
    }

    private static ContentRows Circle(int width = 2) => ContentRows.FromTable(Vectors(width).Values, width);

    private static SequenceModel Trained(SequenceDataset data)
    {
        var recipe = _recipe with
        {
            Backbone = new SasRecOptions { Width = 16, Window = 12, Dropout = 0 },
            Loss = new() { Negatives = 32, TokenBudget = 100 },
            Training = new() { Epochs = 30, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
        };
        return recipe.Train(data, data.Whole(), validation: null, cancel: Cancel).Model;
    }
}
