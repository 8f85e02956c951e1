using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Tests;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Backbones;

public class DinScorerTests
{
    private const int Items = 15;

    [Fact]
    public void Every_history_scores_as_the_model_scores_it_alone()
    {
        using var model = Model();
        // More than a tile of users, with empty histories and ones beyond the window of 6 among them.
        var histories = Enumerable.Range(0, 70).Select(i => Enumerable.Range(i, i % 10).Select(item => item % Items + 1).ToArray())
            .ToArray();
        var scorer = new DinScorer(model);
        Assert.Equal(("din", Items), (scorer.Kind, scorer.ItemCount));
        var scores = new float[histories.Length * (Items + 1)];
        scorer.Score(histories.Select(History).ToArray(), scores);
        using var mode = no_grad();
        for (var i = 0; i < histories.Length; i++)
        {
            var row = scores[(i * (Items + 1))..((i + 1) * (Items + 1))];
            if (histories[i].Length > 0) Close.Row(Alone(model, histories[i]), row, tolerance: 1e-5);
            else Close.Row(scores.AsSpan(0, Items + 1), row, tolerance: 1e-6);
        }
    }

    [Fact]
    public void An_empty_history_gets_finite_scores()
    {
        using var model = Model();
        var scores = new float[Items + 1];
        new DinScorer(model).Score([History([])], scores);
        Assert.All(scores[1..], score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void Scoring_leaves_no_tensor_behind()
    {
        using var model = Model();
        var scores = new float[2 * (Items + 1)];
        LiveTensors.AssertKept(() => new DinScorer(model).Score([History([1, 2]), History([])], scores));
    }

    private static History History(int[] items) => new(items, default);

    private static float[] Alone(Din model, int[] history)
    {
        using var scope = NewDisposeScope();
        var recent = history[Math.Max(0, history.Length - model.Window)..].Select(item => (long)item).ToArray();
        return Values.Of(model.Score(model.Items.Gather(recent).unsqueeze(0), ones(1, recent.Length), model.Items.Weight));
    }

    private static Din Model()
    {
        var model = new Din(Items, new() { Width = 5, AttentionHidden = 4, Window = 6, Dropout = 0.5 }, new Noise(1));
        Values.Scatter(model, 0.5);
        model.eval();
        return model;
    }
}
