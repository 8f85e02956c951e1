using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// A teacher's states and item rows, whose inner products are its scores (Hinton et al., arXiv 1503.02531):
/// T² KL(p ‖ p̂), p_k ∝ e^{s_k / T − log n q_k} over a step's candidates, the target without the logarithm, p of the teacher and p̂ of the
/// student. T² keeps the gradient's size whatever T is.
/// </summary>
/// <remarks>With the logarithm both are estimates of softmaxes over the whole catalogue, as in the loss of the next item.</remarks>
public sealed class TeacherScores : TeacherKnowledge
{
    private const double LeftOut = -1e9; // e^ of it is 0, and its products with 0 are, too
    private const int Tile = 256;

    private readonly float[] _states; // [P, D]
    private readonly float[] _table;  // [V + 1, D]

    private TeacherScores(DistillationOptions options, TrainingPlaces places, float[] states, float[] table, int width)
        : base(options, places)
    {
        (_states, _table, Width) = (states, table, width);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(_states.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(_table.AsSpan()));
        Hash = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <inheritdoc/>
    public override string Hash { get; }

    /// <summary>D, of the teacher.</summary>
    public int Width { get; }

    /// <summary>Asks a sequence model for its state after each event; parts that join its scores are no part of it.</summary>
    /// <param name="options">How it is learned.</param>
    /// <param name="model">Of the same items.</param>
    /// <param name="scale">Its scores are divided by it, as in the softmax that it was trained by.</param>
    /// <param name="sequences">What the student learns.</param>
    /// <param name="report">Receives how many places are done of how many.</param>
    /// <param name="cancel">Stops between two tiles.</param>
    /// <exception cref="ArgumentException">The options have faults, or the model is of another catalogue.</exception>
    public static TeacherScores Of(
        DistillationOptions options, SequenceModel model, double scale, TrainingSequences sequences, Action<int, int>? report = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        if (sequences.Items != model.ItemCount)
            throw new ArgumentException($"a teacher of {model.ItemCount} items for sequences over {sequences.Items}", nameof(model));
        model.eval();
        var places = new TrainingPlaces(sequences);
        var (cases, width) = (places.Cases, (int)model.Items.Weight.shape[1]);
        var (states, done) = (new float[(long)cases.Count * width], 0);
        // Of like lengths together, a tile has little padding.
        foreach (var tile in Enumerable.Range(0, cases.Count).OrderBy(i => cases.History(i).Length).Chunk(Tile))
        {
            cancel.ThrowIfCancellationRequested();
            var values = States(model, [.. tile.Select(cases.History)], scale);
            for (var i = 0; i < tile.Length; i++) values.AsSpan(i * width, width).CopyTo(states.AsSpan(tile[i] * width));
            report?.Invoke(done += tile.Length, cases.Count);
        }

        return new(options, places, states, model.TableValues(), width);
    }

    internal override Tensor Loss(CandidateStep step)
    {
        using var scope = NewDisposeScope();
        var leftOut = LeftOutOf(step).to(step.States.device);
        Tensor asked;
        using (no_grad())
        {
            var places = Places.Of(step.Batch, step.Real);
            asked = LogProbabilities(
                Pick(_states, places).to(step.States.device), Pick(_table, step.Ids.Span).to(step.States.device), step, leftOut);
        }

        var own = LogProbabilities(step.States, step.Rows, step, leftOut);
        var T = Options.EffectiveTemperature;
        return (asked.exp() * (asked - own)).sum(dim: 1).mean().Times(T * T).MoveToOuterDisposeScope();
    }

    /// <summary>[N, 1 + n] of the target, then of the negatives.</summary>
    private Tensor LogProbabilities(Tensor states, Tensor rows, CandidateStep step, Tensor leftOut)
    {
        var (N, n, T) = (step.Targets, step.LogExpected.Length, Options.EffectiveTemperature);
        var positives = (states * rows.narrow(0, 0, N)).sum(dim: 1, keepdim: true).DividedBy(T);            // [N, 1]
        var negatives = states.matmul(rows.narrow(0, N, n).t()).DividedBy(T) - tensor(step.LogExpected, device: states.device);
        return nn.functional.log_softmax(cat([positives, negatives.Plus(leftOut)], dim: 1), 1);
    }

    /// <summary>[N, n] what is added to the scores: where a negative is the target itself it is left out.</summary>
    private static Tensor LeftOutOf(CandidateStep step)
    {
        var ids = tensor(step.Ids.ToArray());
        var same = ids.narrow(0, 0, step.Targets).unsqueeze(1) == ids.narrow(0, step.Targets, step.LogExpected.Length).unsqueeze(0);
        return same.to(step.States.dtype).Times(LeftOut);
    }

    private Tensor Pick(float[] values, ReadOnlySpan<long> rows)
    {
        var picked = new float[rows.Length * Width];
        for (var i = 0; i < rows.Length; i++) values.AsSpan((int)rows[i] * Width, Width).CopyTo(picked.AsSpan(i * Width));
        return tensor(picked, rows.Length, Width);
    }

    private static float[] States(SequenceModel model, History[] histories, double scale)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var rows = new HistoryRows(histories, model.Backbone);
        var features = model.Known(rows.Features(histories, model.Backbone), rows.Ids, rows.Steps);
        return TensorValues.Copy(
            model.EncodeLast(model.Rows(rows.Ids).view(rows.Rows, rows.Steps, -1), features, rows.Last).DividedBy(scale));
    }
}
