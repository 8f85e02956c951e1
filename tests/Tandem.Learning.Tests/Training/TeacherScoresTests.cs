using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;
using Tandem.Tests;

namespace Tandem.Learning.Tests.Training;

public sealed class TeacherScoresTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2.5, 0.5)]
    public void The_loss_and_its_gradient_are_those_by_hand(double temperature, double scale)
    {
        using var teacher = new SequenceModel(TaughtStep.Items, new Echo(2, window: 2)); // of another width
        Values.Scatter(teacher, 1, seed: 2);
        using var student = new TaughtStep();
        var options = new DistillationOptions { Kind = DistillationKind.Logits, Temperature = temperature };
        var knowledge = TeacherScores.Of(options, teacher, scale, TaughtStep.Learned, cancel: TestContext.Current.CancellationToken);
        var loss = knowledge.Loss(student.Step);
        loss.backward();

        double[] states = [.. Values.Of(student.States).Select(x => (double)x)], rows = [.. Values.Of(student.Rows).Select(x => (double)x)];
        Close.Number(ByHand(states, rows), loss.item<float>());
        TaughtStep.AssertGradient(moved => ByHand(moved, rows), student.States);
        TaughtStep.AssertGradient(moved => ByHand(states, moved), student.Rows);

        double ByHand(double[] states, double[] rows)
        {
            var table = Values.Of(teacher.Items.Weight);
            return temperature * temperature * student.Pairs.Select((pair, i) =>
            {
                var N = student.Pairs.Length;
                var kept = TaughtStep.Negatives.Index().Where(negative => negative.Item != pair.Target).ToArray();
                double[] own = [TaughtStep.Dot(states, i, rows, i), .. kept.Select(n => TaughtStep.Dot(states, i, rows, N + n.Index))];
                double[] asked = [Asked(pair.Target), .. kept.Select(n => Asked((int)n.Item))];
                double[] logs = [0, .. kept.Select(n => (double)TaughtStep.LogExpected[n.Index])];
                var (p, q) = (Softmax(asked, logs), Softmax(own, logs));
                return p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();

                double Asked(int item) => Enumerable.Range(0, 2).Sum(d => (double)table[2 * pair.Input + d] * table[2 * item + d]) / scale;
            }).Average();
        }

        double[] Softmax(double[] scores, double[] logs)
        {
            var terms = scores.Zip(logs, (s, log) => Math.Exp(s / temperature - log)).ToArray();
            return [.. terms.Select(term => term / terms.Sum())];
        }
    }

    [Fact]
    public void A_student_that_is_its_teacher_loses_nothing()
    {
        using var student = new TaughtStep();
        var options = new DistillationOptions { Kind = DistillationKind.Logits };
        var knowledge = TeacherScores.Of(
            options, student.Student, 1, TaughtStep.Learned, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(0, knowledge.Loss(student.Step).item<float>(), 1e-6);
    }

    [Fact]
    public void A_student_comes_to_rank_as_its_teacher_does_and_the_teacher_stays_as_it_is()
    {
        // The data say that i + 1 follows i; the teacher says that i − 1 does.
        var data = ToySequences.Cycle(users: 30, items: 20, minEvents: 6, maxEvents: 8);
        var back = ToySequences.Dataset(20, [.. Enumerable.Range(0, 30).Select(u => data.Sequence(u).ToArray().Reverse().ToArray())]);
        using var teacher = Recipe(0).Train(back, back.Whole(), validation: null, cancel: Cancel).Model;
        var before = Values.Of(teacher);
        using var alone = Student(0);
        using var taught = Student(20);
        Assert.Equal(before, Values.Of(teacher));
        Assert.True(Agreement(taught) > 0 && Agreement(alone) < 0, $"{Agreement(taught)} against {Agreement(alone)}");

        SequenceModel Student(double weight)
        {
            var recipe = Recipe(weight);
            return recipe.Train(
                data, data.Whole(), validation: null,
                teacher: TeacherScores.Of(recipe.Distillation!, teacher, 1, data.Whole(), cancel: Cancel), cancel: Cancel).Model;
        }

        // How far the predecessor is above the successor.
        double Agreement(SequenceModel model)
        {
            using var scorer = new SequenceScorer(model);
            var scores = new float[21];
            return Enumerable.Range(1, 20).Average(item =>
            {
                scorer.Score([new History(new[] { item }, default)], scores);
                return scores[(item + 18) % 20 + 1] - scores[item % 20 + 1];
            });
        }
    }

    [Fact]
    public void Without_weight_the_training_is_the_plain_one_to_the_bit_and_with_it_goes_on_where_it_was_cut_off()
    {
        using var folder = new TemporaryFolder();
        var data = ToySequences.Cycle(users: 20, items: 12, minEvents: 5, maxEvents: 6);
        using var teacher = new SequenceModel(12, new Echo(4, window: 5));
        Values.Scatter(teacher, 1);
        using var plain = Recipe(1).Train(data, data.Whole(), validation: null, cancel: Cancel).Model;
        using var without = Train(0);
        using var with = Train(1);
        Assert.Equal(Values.Of(plain), Values.Of(without));
        Assert.NotEqual(Values.Of(plain), Values.Of(with));

        var path = folder["checkpoint"];
        Train(1, path, pauseAfter: 2).Dispose();
        using var resumed = Train(1, path);
        Assert.Equal(Values.Of(with), Values.Of(resumed));
        Values.Scatter(teacher, 1, seed: 3); // another teacher
        Assert.Throws<CheckpointException>(() => Train(1, path));

        SequenceModel Train(double weight, string? checkpoint = null, int pauseAfter = int.MaxValue)
        {
            var recipe = Recipe(weight);
            return recipe.Train(
                data, data.Whole(), validation: null, checkpoint, pauseAfter: pauseAfter,
                teacher: TeacherScores.Of(recipe.Distillation!, teacher, 1, data.Whole(), cancel: Cancel), cancel: Cancel).Model;
        }
    }

    [Fact]
    public void Knowledge_of_other_sequences_and_losses_without_shared_negatives_are_refused()
    {
        using var student = new TaughtStep();
        var knowledge = TeacherScores.Of(new(), student.Student, 1, TaughtStep.Learned, cancel: Cancel);
        var others = TrainingSequences.Of(TaughtStep.Items, [[1, 2], [3, 4, 5]]);
        Assert.Contains("other sequences", Refused(new(), others), StringComparison.Ordinal);
        Assert.Contains("targets share", Refused(new() { Kind = NextItemLoss.FullSoftmax }, TaughtStep.Learned), StringComparison.Ordinal);
        var longer = TrainingSequences.Of(9, [1, 9]);
        Assert.Throws<ArgumentException>(() => TeacherScores.Of(new(), student.Student, 1, longer, cancel: Cancel));

        string Refused(NextItemOptions options, TrainingSequences sequences) => Assert.Throws<ArgumentException>(() => new NextItemTask(
            [new(student.Student, new(1))], options, seed: 1, sequences, validation: null, knowledge)).Message;
    }

    private static SequenceRecipe Recipe(double weight) => new()
    {
        Backbone = new SasRecOptions { Width = 8, Dropout = 0.1 },
        Distillation = new() { Kind = DistillationKind.Logits, Weight = weight, From = "a teacher" },
        Training = new() { Epochs = 15, Seed = 1, Replicas = 2, Optimizer = new() { LearningRate = 0.01 } },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
