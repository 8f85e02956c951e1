using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Training;

/// <summary>A step of a student, whose state after an event is the event's row, with numbers to redo it by hand.</summary>
internal sealed class TaughtStep : IDisposable
{
    public const int Items = 6;
    public const int Width = 3;

    public static readonly int[][] Sequences = [[4, 5], [1, 2, 3, 1]];

    private readonly DisposeScope _scope = NewDisposeScope();

    public TaughtStep()
    {
        Student = new SequenceModel(Items, new Echo(Width, window: 50));
        Values.Scatter(Student, 1);
        Student.eval();
        var batch = ToySequences.Batch(Sequences);
        Real = BatchPlaces.Real(batch);
        long[] ids = [.. Real.Select(place => (long)batch.Targets[place]), .. Negatives];
        States = Leaf([.. Real.Select(place => (long)batch.Inputs[place])]);
        Rows = Leaf(ids);
        Step = new(Student, batch, Real, States, Rows, ids, LogExpected);
        Pairs = [.. Real.Select(place => (batch.Inputs[place], batch.Targets[place]))];
    }

    /// <summary>With one twice, and some that are targets.</summary>
    public static long[] Negatives { get; } = [2, 6, 5, 2];

    /// <summary>Of draws that are not uniform.</summary>
    public static float[] LogExpected { get; } = [0.3f, -0.7f, 0.1f, 0.3f];

    public SequenceModel Student { get; }

    public long[] Real { get; }

    /// <summary>[N, D], a leaf.</summary>
    public Tensor States { get; }

    /// <summary>[N + n, D], a leaf.</summary>
    public Tensor Rows { get; }

    public CandidateStep Step { get; }

    /// <summary>Input and target of each place.</summary>
    public (int Input, int Target)[] Pairs { get; }

    public static TrainingSequences Learned => TrainingSequences.Of(Items, Sequences);

    public void Dispose()
    {
        _scope.Dispose();
        Student.Dispose();
    }

    /// <summary>Asserts a gradient that autograd left in a leaf against differences of a loss in float64.</summary>
    public static void AssertGradient(Func<double[], double> loss, Tensor leaf)
    {
        double[] at = [.. Values.Of(leaf).Select(value => (double)value)];
        const double h = 1e-5;
        var expected = at.Select((_, i) => (loss(Moved(i, h)) - loss(Moved(i, -h))) / (2 * h)).ToArray();
        Assert.Contains(expected, slope => Math.Abs(slope) > 1e-3);
        Tandem.Tests.Close.Row(expected, Values.Of(leaf.grad!), 1e-5);

        double[] Moved(int place, double by)
        {
            var moved = (double[])at.Clone();
            moved[place] += by;
            return moved;
        }
    }

    public static double Dot(double[] a, int i, double[] b, int j) =>
        Enumerable.Range(0, Width).Sum(d => a[i * Width + d] * b[j * Width + d]);

    private Tensor Leaf(long[] ids)
    {
        using var mode = no_grad();
        return Student.Items.Weight.detach().index_select(0, tensor(ids)).clone().requires_grad_(true);
    }
}
