using Tandem.Learning.Classification;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Classification;

public class SoftLabelsTests
{
    [Fact]
    public void One_label_softly_is_that_label()
    {
        using var scope = NewDisposeScope();
        var logits = tensor([0.3f, -1, 2, 1, 0.5f, -0.2f], 2, 3);
        var soft = new SoftLabels([0, 0, 1, 1, 0, 0], 3, new() { Temperature = 1 });
        var hard = nn.functional.cross_entropy(logits, tensor(new long[] { 2, 0 })).item<float>();
        Assert.Equal(hard, SoftLabels.Loss(logits, soft.Of([0, 1]), 1).item<float>(), 1e-6);
    }

    [Fact]
    public void The_loss_is_least_where_the_student_thinks_what_the_teacher_does()
    {
        using var scope = NewDisposeScope();
        float[] p = [0.7f, 0.2f, 0.1f];
        var soft = new SoftLabels(p, 3, new() { Temperature = 2 });
        var roots = p.Select(x => Math.Sqrt(x)).ToArray();
        Assert.Equal(roots.Select(r => (float)(r / roots.Sum())), Values.Of(soft.Of([0])), (a, b) => Math.Abs(a - b) < 1e-6);

        using var logits = tensor(p.Select(x => (float)Math.Log(x)).ToArray(), 1, 3).requires_grad_(true);
        SoftLabels.Loss(logits, soft.Of([0]), 2).backward();
        Assert.All(Values.Of(logits.grad!), g => Assert.Equal(0, g, 1e-6));
    }

    [Fact]
    public void A_teacher_of_parted_labels_is_right()
    {
        var random = new Random(2);
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 3)];
        float[][] vectors = [.. labels.Select(label =>
            Enumerable.Range(0, 5).Select(d => (d == label ? 1 : 0) + 0.1f * random.NextSingle()).ToArray())];
        long[] learned = [.. Enumerable.Range(0, 30).Select(i => (long)i)], held = [.. Enumerable.Range(30, 30).Select(i => (long)i)];
        var teacher = LogisticTeacher.Fit(vectors, labels, 3, learned, held);
        Assert.All(held, i => Assert.Equal(labels[i], teacher.Predict(vectors[i])));
        Assert.Equal(1, teacher.Probabilities(vectors[0]).Sum(), 1e-5);
        Assert.Throws<ArgumentException>(() => LogisticTeacher.Fit(vectors, labels, 3, [0, 1], held));
    }
}
