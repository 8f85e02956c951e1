using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Tandem.Learning.Classification;

/// <summary>
/// Multinomial logistic regression on vectors of a pretrained encoder: what a teacher knows that has seen the labelled examples alone.
/// </summary>
public sealed class LogisticTeacher
{
    private static readonly float[] _l2 = [1e-5f, 1e-4f, 1e-3f, 1e-2f, 1e-1f, 1f];

    private readonly float[][] _weights; // [K][Q]
    private readonly float[] _biases;    // [K]

    private LogisticTeacher(float[][] weights, float[] biases, float l2) => (_weights, _biases, L2) = (weights, biases, l2);

    /// <summary>The weight of the squared weights that validation chose, of 1e-5, 1e-4 … 1.</summary>
    public float L2 { get; }

    /// <summary>
    /// Fits one for each L2 weight, and keeps the one that is right most often about examples held out; the strongest of equals.
    /// </summary>
    /// <param name="vectors">[N][Q] of all examples.</param>
    /// <param name="labels">[N] in 0 … K − 1.</param>
    /// <param name="classes">K.</param>
    /// <param name="labelled">Examples that are learned from, one of each label at least.</param>
    /// <param name="validation">Examples that are chosen by.</param>
    /// <exception cref="ArgumentException">A label has no example to learn from.</exception>
    public static LogisticTeacher Fit(
        IReadOnlyList<float[]> vectors, ReadOnlySpan<int> labels, int classes, IReadOnlyList<long> labelled,
        IReadOnlyList<long> validation)
    {
        var known = labels.ToArray();
        Example[] learned = [.. labelled.Select(i => new Example { Features = vectors[(int)i], Label = (uint)known[i] })];
        if (learned.DistinctBy(example => example.Label).Count() != classes)
            throw new ArgumentException($"some of {classes} labels have no example to learn from", nameof(labelled));
        return _l2.Reverse().Select(l2 => Fit(learned, classes, l2))
            .MaxBy(teacher => validation.Count(i => teacher.Predict(vectors[(int)i]) == known[i]))!;
    }

    /// <summary>The most likely label.</summary>
    /// <param name="vector">[Q].</param>
    public int Predict(ReadOnlySpan<float> vector)
    {
        var probabilities = Probabilities(vector);
        return Array.IndexOf(probabilities, probabilities.Max());
    }

    /// <summary>[K].</summary>
    /// <param name="vector">[Q].</param>
    public float[] Probabilities(ReadOnlySpan<float> vector)
    {
        var scores = new float[_weights.Length];
        for (var k = 0; k < scores.Length; k++)
            scores[k] = _biases[k] + System.Numerics.Tensors.TensorPrimitives.Dot(_weights[k], vector);
        System.Numerics.Tensors.TensorPrimitives.SoftMax(scores, scores);
        return scores;
    }

    private static LogisticTeacher Fit(Example[] examples, int classes, float l2)
    {
        var context = new MLContext(0); // nothing is drawn
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, examples[0].Features.Length);
        schema[nameof(Example.Label)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        var model = context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = l2,
            NumberOfThreads = 1, // more would make the sums depend on timing
        }).Fit(context.Data.LoadFromEnumerable(examples, schema)).Model;
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out _);
        return new([.. weights.Select(row => row.DenseValues().ToArray())], [.. model.GetBiases()], l2);
    }

    private sealed class Example
    {
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }
    }
}
