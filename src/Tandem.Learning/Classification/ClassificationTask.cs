using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>Labels of examples as a task of the training loop, chosen by the share of validation examples that are told right.</summary>
/// <remarks>
/// The loop keeps and brings back parameters; running means of batch norms are none, so those of the best validation are kept here
/// (<see cref="RestoreBuffers"/>).
/// </remarks>
internal sealed class ClassificationTask : ITrainingTask<ExampleBatch>
{
    private const int PredictedAtOnce = 256;

    private readonly LabelledExamples _examples;
    private readonly ExampleSplit _split;
    private readonly ClassifierOptions _options;
    private readonly SoftLabels? _soft;
    private readonly ExampleOrder _labelled;
    private readonly ExampleOrder? _taught;
    private readonly Classifier _network;
    private double _best = double.NegativeInfinity;
    private Dictionary<string, float[]> _buffers = [];

    /// <param name="replica">The network.</param>
    /// <param name="examples">All of them.</param>
    /// <param name="split">Which are what.</param>
    /// <param name="lesson">What is learned from which of them.</param>
    /// <param name="options">Batches and steps.</param>
    /// <param name="seed">Draws the order.</param>
    public ClassificationTask(
        Replica replica, LabelledExamples examples, ExampleSplit split, ClassifierLesson lesson, ClassifierOptions options, int seed)
    {
        (_examples, _split, _options, _soft) = (examples, split, options, lesson.Soft);
        (Replicas, _network) = ([replica], (Classifier)replica.Network);
        _labelled = new(lesson.Labelled, "labelled examples", seed);
        _taught = lesson.Taught.Count > 0 ? new(lesson.Taught, "taught examples", seed) : null;
    }

    public IReadOnlyList<Replica> Replicas { get; }

    public IReadOnlyList<ExampleBatch> BeginEpoch(int epoch)
    {
        var start = (epoch - 1L) * _options.ValidateEvery * _options.BatchSize;
        return [.. Enumerable.Range(0, _options.ValidateEvery).Select(step => start + (long)step * _options.BatchSize).Select(at =>
            new ExampleBatch(_labelled.Take(at, _options.BatchSize), _taught?.Take(at, _options.BatchSize) ?? []))];
    }

    public Tensor Loss(ExampleBatch batch, int replica)
    {
        using var scope = NewDisposeScope();
        var (own, count) = (_examples.LabelsOf(batch.Labelled), batch.Labelled.Length);
        var logits = _network.forward(_examples.Take([.. batch.Labelled, .. batch.Taught]));
        var hard = nn.functional.cross_entropy(logits.narrow(0, 0, count), own);
        if (_soft is null) return hard.MoveToOuterDisposeScope();
        var (answers, taught) = batch.Taught.Length == 0
            ? (logits, batch.Labelled)
            : (logits.narrow(0, count, batch.Taught.Length), batch.Taught);
        var soft = SoftLabels.Loss(answers, _soft.Of(taught), _soft.Options.Temperature);
        return hard.Times(1 - _soft.Options.Weight).Plus(soft.Times(_soft.Options.Weight)).MoveToOuterDisposeScope();
    }

    public double? Validate()
    {
        var right = Right(_split.Validation).Average(isRight => isRight ? 1.0 : 0);
        if (right <= _best) return right;
        _best = right;
        _buffers = _network.named_buffers().ToDictionary(b => b.name, b => TensorValues.Copy(b.buffer));
        return right;
    }

    /// <summary>Sets running means to those of the best validation.</summary>
    public void RestoreBuffers()
    {
        foreach (var (name, buffer) in _network.named_buffers())
            if (_buffers.TryGetValue(name, out var values)) TensorValues.Set(buffer, values);
    }

    /// <summary>Whether the network tells each example right.</summary>
    public bool[] Right(IReadOnlyList<long> places)
    {
        _network.eval();
        using var mode = no_grad();
        var right = new bool[places.Count];
        var done = 0;
        foreach (var chunk in places.Chunk(PredictedAtOnce))
        {
            using var scope = NewDisposeScope();
            var told = _network.forward(_examples.Take(chunk)).argmax(1).data<long>().ToArray();
            for (var i = 0; i < chunk.Length; i++) right[done++] = told[i] == _examples.Labels[(int)chunk[i]];
        }

        return right;
    }
}
