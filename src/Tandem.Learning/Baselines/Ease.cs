using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Tandem.Data;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Baselines;

/// <summary>
/// EASE: Embarrassingly Shallow Autoencoders for Sparse Data (Steck, WWW 2019, arXiv 1905.03375). The weights that best rebuild
/// each user's set of items from the other items, in closed form: P = (XᵀX + λI)⁻¹, B = I − P diag(1 / diag P). An item's score is
/// Σ B[a, b] over the distinct items of a history; order plays no part.
/// </summary>
/// <remarks>
/// B is dense: V² × 4 bytes on disk and in memory, 586 MB for 12,101 items. Float32 throughout: P's condition number is at most
/// (λ + the largest eigenvalue of XᵀX) / λ, with λ = 50 about 50 on Beauty and 5,000 on MovieLens 1M, which costs two to four of
/// seven digits at worst. A λ below 8 ‖XᵀX‖∞ 2⁻²⁴ is refused, counted exactly: rounding would make the factorisation fail on one
/// processor and not on another.
/// </remarks>
public sealed class Ease : IItemScorer
{
    private const string Name = "ease";
    private const string WeightsName = "weights";

    private readonly EaseOptions _options;
    private readonly int _items;
    private readonly ReadOnlyMemory<byte> _weights; // [V, V] float32: a file's bytes where they lie, for a copy would double them

    private Ease(EaseOptions options, int items, ReadOnlyMemory<byte> weights) => (_options, _items, _weights) = (options, items, weights);

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public int ItemCount => _items;

    /// <summary>Solves for B; V³ multiplications, two matrices of V² × 4 bytes.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="sequences">What may be learned from each user; its order plays no part.</param>
    /// <exception cref="ArgumentException">
    /// The options have faults, there are no items, or an event's item is not in the catalogue.
    /// </exception>
    /// <exception cref="TrainingException">The catalogue is too large, or λ too small for float32, see the remarks.</exception>
    public static Ease Train(EaseOptions options, TrainingSequences sequences)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        RequireRoom(options, sequences.Items);
        var events = TrainingEvents.ReadDistinct(sequences);
        return new Ease(options, events.Items, EaseSolution.Solve(events, options.Regularization));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores) =>
        ParallelRows.Score(_items, histories, scores, ScoreRow);

    /// <summary>Writes one safetensors file: <c>weights</c> [V, V] float32, a row per item of the history.</summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path) => BaselineFile.Write(path, Name, _items, _options, writer =>
        writer.Add<float>(WeightsName, MemoryMarshal.Cast<byte, float>(_weights.Span), _items, _items));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SafetensorsException">The file is damaged, or holds another kind of model.</exception>
    public static Ease Load(string path) => BaselineFile.Read(path, Name, file =>
    {
        var options = file.Options<EaseOptions>(options => options.Validate());
        var weights = file.Tensors.Get(WeightsName, file.Items, file.Items);
        return float.IsFinite(TensorPrimitives.MaxMagnitude(weights.As<float>()))
            ? new Ease(options, file.Items, weights.Bytes)
            : throw new SafetensorsException("a weight is not a finite number; save the model again");
    });

    private static void RequireRoom(EaseOptions options, int items)
    {
        if (items <= options.MaxItems) return;
        throw new TrainingException(
            $"EASE over {items} items needs {4e-9 * items * items:0.0} GB for each of two dense matrices; at most {options.MaxItems} "
            + $"items are allowed; raise the limit where memory allows (not beyond {EaseOptions.MostItems}), leave rare items out, "
            + "or use itemknn");
    }

    private void ScoreRow(ReadOnlySpan<int> history, Span<float> scores)
    {
        scores.Clear();
        DistinctItems.Visit(history, scores, (item, _, row) =>
        {
            var weights = MemoryMarshal.Cast<byte, float>(_weights.Span).Slice((item - 1) * _items, _items);
            TensorPrimitives.Add(row[1..], weights, row[1..]);
        });
    }
}
