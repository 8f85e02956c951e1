using Tandem.Learning.Backbones;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Training;

public sealed class TeacherListsTests
{
    // Place by place: after 4; after 1, 2, 3. One is shorter, and some of their items are among the negatives.
    private static readonly int[][] _lists = [[2, 1, 6], [3, 5], [4, 2, 1], [6, 3, 5]];

    private static readonly int[] _history = [3, 4];

    [Fact]
    public void The_loss_and_its_gradient_are_those_by_hand()
    {
        using var student = new TaughtStep();
        var options = new DistillationOptions { Temperature = 1.5, Lists = 3 };
        var loss = new TeacherLists(options, TaughtStep.Learned, _lists).Loss(student.Step);
        loss.backward();
        double[] table = [.. Values.Of(student.Student.Items.Weight).Select(x => (double)x)];
        double[] states = [.. Values.Of(student.States).Select(x => (double)x)], rows = [.. Values.Of(student.Rows).Select(x => (double)x)];
        Close.Number(ByHand(states, rows), loss.item<float>());
        TaughtStep.AssertGradient(moved => ByHand(moved, rows), student.States);

        double ByHand(double[] states, double[] rows)
        {
            var N = student.Pairs.Length;
            return student.Pairs.Select((pair, i) =>
            {
                var list = _lists[pair.Input == 4 ? 0 : pair.Input];
                var weights = list.Select((_, rank) => Math.Exp(-rank / 1.5)).ToArray();
                return list.Select((item, rank) =>
                {
                    var positive = Math.Exp(TaughtStep.Dot(states, i, table, item));
                    var others = TaughtStep.Negatives.Index().Where(negative => negative.Item != item)
                        .Sum(n => Math.Exp(TaughtStep.Dot(states, i, rows, N + n.Index) - TaughtStep.LogExpected[n.Index]));
                    return -weights[rank] / weights.Sum() * Math.Log(positive / (positive + others));
                }).Sum();
            }).Average();
        }
    }

    [Fact]
    public void What_a_teacher_lists_rises()
    {
        var data = ToySequences.Cycle(users: 30, items: 20, minEvents: 6, maxEvents: 8);
        // After every event the teacher has 20 first and 10 second, whatever the data say.
        var places = Enumerable.Range(0, data.Users).Sum(user => data.Sequence(user).Length - 1);
        var recipe = new SequenceRecipe
        {
            Backbone = new SasRecOptions { Width = 8, Dropout = 0 },
            Distillation = new() { Weight = 2, From = "a teacher", Lists = 2, Temperature = 1 },
            Training = new() { Epochs = 20, Seed = 1, Optimizer = new() { LearningRate = 0.01 } },
        };
        var lists = new TeacherLists(recipe.Distillation, data.Whole(), [.. Enumerable.Repeat<int[]>([20, 10], places)]);
        using var alone = recipe.Train(data, data.Whole(), validation: null, cancel: Cancel).Model;
        using var taught = recipe.Train(data, data.Whole(), validation: null, teacher: lists, cancel: Cancel).Model;
        var (before, after) = (Scores(alone), Scores(taught));
        Assert.True(after[20] > after[10] && after[10] > after.Skip(1).Average() + 1, $"{after[20]}, {after[10]}");
        Assert.True(before[20] - before.Skip(1).Average() < 1, $"{before[20]}");

        float[] Scores(SequenceModel model)
        {
            using var scorer = new SequenceScorer(model);
            var scores = new float[21];
            scorer.Score([_history], scores);
            return scores;
        }
    }

    [Fact]
    public void Lists_that_do_not_fit_are_refused()
    {
        Assert.Contains("3 lists for 4 places", Refused(_lists[..3]), StringComparison.Ordinal);
        Assert.Contains("list 1", Refused([[1], [7], [2], [3]]), StringComparison.Ordinal);
        Assert.Contains("list 0", Refused([[1, 2, 3, 4], [], [], []]), StringComparison.Ordinal);

        static string Refused(int[][] lists) => Assert.Throws<ArgumentException>(
            () => new TeacherLists(new() { Lists = 3 }, TaughtStep.Learned, lists)).Message;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
