using Tandem.Learning.Layers;
using Tandem.Learning.Text;
using Tandem.Learning.Training;
using Tandem.Learning.Transfer;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// A classifier of one set of examples, trained by itself, with another model's knowledge, and with what rivals it: all of a seed start
/// from the same weights, see the same labels, and are chosen on the same validation examples.
/// </summary>
/// <param name="kind">The network.</param>
/// <param name="examples">What it reads.</param>
/// <param name="split">Of the examples.</param>
/// <param name="words">Of titles; null for images.</param>
public sealed class ClassificationStudy(ClassifierKind kind, LabelledExamples examples, ExampleSplit split, TitleWords? words = null)
{
    private readonly TextCnnOptions _textCnn = new();
    private readonly TextTransformerOptions _textTransformer = new();
    private readonly ImageCnnOptions _imageCnn = new();
    private readonly List<(long[] Labelled, LogisticTeacher Teacher)> _teachers = [];

    /// <summary>The other model; null, the default, where no arm reads it.</summary>
    public ClassifierSource? Source { get; init; }

    /// <summary>[N] vectors of the source for each example; null, the default, where no arm asks a teacher.</summary>
    public IReadOnlyList<float[]>? Vectors { get; init; }

    /// <summary>Adapters' widths, rates, cycle.</summary>
    public TransferOptions Transfer { get; init; } = new();

    /// <summary>τ and λ.</summary>
    public SoftLabelOptions Distillation { get; init; } = new();

    /// <summary>Refuses what an arm needs and the study has not, before anything trains.</summary>
    /// <param name="arm">Which.</param>
    /// <exception cref="ClassificationException">There is no source or teacher, or a pair does not fit.</exception>
    public void Require(ClassificationArm arm)
    {
        ArgumentNullException.ThrowIfNull(arm);
        if (arm.Teacher != TaughtExamples.None && Vectors is null) throw WithoutVectors();
        using var scope = NewDisposeScope();
        using var network = Build(arm, new(0));
        foreach (var part in Parts(arm, network, seed: 0).OfType<IDisposable>()) part.Dispose();
    }

    /// <summary>Trains one arm.</summary>
    /// <param name="arm">Which.</param>
    /// <param name="share">Of the training labels that are seen, in (0, 1].</param>
    /// <param name="seed">Draws which labels are seen, weights, order and masks.</param>
    /// <param name="options">Steps and optimiser.</param>
    /// <param name="path">See <see cref="ClassifierTraining.Train"/>.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="ArgumentException">Settings have faults, or a pair does not fit.</exception>
    /// <exception cref="ClassificationException">The arm needs what the study has not.</exception>
    public TrainedClassifier Train(
        ClassificationArm arm, double share, int seed, ClassifierOptions options, string? path = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(arm);
        var labelled = split.Labelled(examples.Labels, share, seed);
        var lesson = new ClassifierLesson(labelled)
        {
            Soft = arm.Teacher == TaughtExamples.None ? null : Opinion(Teacher(labelled)),
            Taught = arm.Teacher == TaughtExamples.All ? split.Training : [],
        };
        return new ClassifierTraining(examples, split, options)
            .Train(lesson, noise => Build(arm, noise), seed, network => Parts(arm, network, seed), path, cancel);
    }

    /// <summary>A teacher of the labels that a seed sees, and whether it tells each test example right.</summary>
    /// <param name="share">Of the training labels.</param>
    /// <param name="seed">Draws which are seen.</param>
    /// <exception cref="ClassificationException">There are no vectors.</exception>
    public (double Validation, bool[] Right) Teach(double share, int seed)
    {
        var teacher = Teacher(split.Labelled(examples.Labels, share, seed));
        return (Right(split.Validation).Average(right => right ? 1.0 : 0), Right(split.Test));

        bool[] Right(IReadOnlyList<long> places) =>
            [.. places.Select(place => teacher.Predict(Vectors![(int)place]) == examples.Labels[(int)place])];
    }

    /// <summary>Fitted once, for the arms that ask it and for its own figures, and of all labels for all seeds.</summary>
    private LogisticTeacher Teacher(long[] labelled)
    {
        if (_teachers.Find(known => known.Labelled.AsSpan().SequenceEqual(labelled)).Teacher is { } known) return known;
        var teacher = LogisticTeacher.Fit(
            Vectors ?? throw WithoutVectors(), examples.Labels, examples.Names.Count, labelled, split.Validation);
        _teachers.Add((labelled, teacher));
        return teacher;
    }

    private static ClassificationException WithoutVectors() =>
        new("a teacher reads vectors of the titles, and there are none; take an encoder as the source");

    private SoftLabels Opinion(LogisticTeacher teacher) =>
        new([.. Vectors!.SelectMany(vector => teacher.Probabilities(vector))], examples.Names.Count, Distillation);

    private Classifier Build(ClassificationArm arm, Noise noise)
    {
        var classes = examples.Names.Count;
        if (kind == ClassifierKind.ImageCnn) return new ImageCnn(classes, _imageCnn, noise);
        var rows = (words ?? throw new ClassificationException($"{kind} reads titles, and these are none")).Pieces.Count;
        Classifier network = kind == ClassifierKind.TextCnn
            ? new TextCnn(rows, classes, _textCnn, noise)
            : new TextTransformer(rows, words.Length, classes, _textTransformer, noise);
        if (arm.Start) Start(network.named_modules().Select(m => m.module).OfType<RowTable>().Single());
        return network;
    }

    /// <summary>Words from the principal components of the source's, scaled to the deviation that they would be drawn with.</summary>
    private void Start(RowTable own)
    {
        var table = Source?.Table ?? throw new ClassificationException(
            $"words start from those of an encoder, and the source has no '{ClassifierSource.WordTable}'");
        var (rows, width) = ((int)table.Shape[0], (int)table.Shape[1]);
        var vectors = new ItemVectors("words", rows - 1, width, table.Values, [false, .. Enumerable.Repeat(true, rows - 1)]);
        var start = vectors.Start(
            (int)own.Weight.shape[1], kind == ClassifierKind.TextCnn ? _textCnn.WordDeviation : _textTransformer.WordDeviation);
        TensorValues.Set(own.Weight, start.Values);
    }

    private List<ITrainingPart> Parts(ClassificationArm arm, Classifier network, int seed)
    {
        if (arm.Control == TransferControl.None) return [];
        var source = Source ?? throw new ClassificationException($"'{arm.Name}' reads another model's weights; give a source");
        var parts = new List<ITrainingPart>();
        if (arm.Layers)
        {
            var (matrices, pairs) = source.LayersFor(network);
            parts.Add(Part(matrices, Transfer with { Control = arm.Control, Pairs = pairs }));
        }

        if (arm.Words && source.WordsPair() is { } table)
            parts.Add(Part(table.Source, Transfer with { Control = arm.Control, Pairs = table.Pairs, Adapter = AdapterKind.RowAligned }));
        return parts;

        TransferLearning Part(TransferSource matrices, TransferOptions options)
        {
            SettingFaults.ThrowIfAny(options.Validate(), nameof(Transfer));
            try
            {
                return new([network], matrices, options, seed);
            }
            catch (ArgumentException e)
            {
                throw new ClassificationException(e.Message); // a pair that somebody named, or a source that does not fit
            }
        }
    }
}
