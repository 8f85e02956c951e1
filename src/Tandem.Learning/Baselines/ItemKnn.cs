using Tandem.Data;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Baselines;

/// <summary>
/// Nearest neighbours of items (Deshpande and Karypis, TOIS 2004, https://doi.org/10.1145/963770.963776):
/// s(a, b) = |U_a ∩ U_b| / (√(|U_a| |U_b|) + shrinkage), U being an item's users; of each row only the largest stay. An item's score
/// is Σ ρ^age s(a, b) over the distinct items of a history. Ours: the shrinkage, and the weight by age.
/// </summary>
public sealed class ItemKnn : IItemScorer
{
    private const string Name = "itemknn";

    private readonly ItemKnnOptions _options;
    private readonly SparseRows _rows; // row a: a's neighbours

    private ItemKnn(ItemKnnOptions options, SparseRows rows) => (_options, _rows) = (options, rows);

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public int ItemCount => _rows.Items;

    /// <summary>Compares items, in time that grows with the sum over users of their squared number of items.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="sequences">What may be learned from each user; its order plays no part.</param>
    /// <exception cref="ArgumentException">
    /// The options have faults, there are no items, or an event's item is not in the catalogue.
    /// </exception>
    /// <exception cref="Training.TrainingException">There are more neighbours than an array can hold.</exception>
    public static ItemKnn Train(ItemKnnOptions options, TrainingSequences sequences)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        var events = TrainingEvents.ReadDistinct(sequences);
        return new(options, SparseRows.Build(events.Items, (item, row) => Compare(options, events, item, row)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An id is not in 1 … V, or the destination is too short.</exception>
    public void Score(ReadOnlySpan<History> histories, Span<float> scores) =>
        ParallelRows.Score(ItemCount, histories, scores, ScoreRow);

    /// <summary>
    /// Writes one safetensors file: neighbours by rows, <c>row_ends</c> [V + 1] and <c>items</c> int32, <c>values</c> float32.
    /// </summary>
    /// <param name="path">In an existing folder.</param>
    public void Save(string path) => BaselineFile.Write(path, Name, ItemCount, _options, _rows.Write);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SafetensorsException">The file is damaged, or holds another kind of model.</exception>
    public static ItemKnn Load(string path) => BaselineFile.Read(path, Name, file =>
        new ItemKnn(file.Options<ItemKnnOptions>(options => options.Validate()), SparseRows.Read(file.Tensors, file.Items)));

    private static void Compare(ItemKnnOptions options, TrainingEvents events, int item, RowAccumulator row)
    {
        foreach (var e in events.EventsOf(item))
        {
            foreach (var other in events.ItemsOf(events.UserOf(e)))
            {
                if (other != item) row.Add(other, 1);
            }
        }

        double own = events.CountOf(item);
        row.Map((other, shared) => shared / (Math.Sqrt(own * events.CountOf(other)) + options.Shrinkage));
        row.KeepLargest(options.Neighbours);
    }

    private void ScoreRow(ReadOnlySpan<int> history, Span<float> scores)
    {
        scores.Clear();
        DistinctItems.Visit(history, scores, (item, age, row) =>
            _rows.AddRow(item, (float)Math.Pow(_options.RecencyDecay, age), row));
    }
}
