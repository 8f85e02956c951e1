using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;

namespace Tandem.Learning.Baselines;

/// <summary>
/// A sparse [V, V] matrix by rows (CSR): what an item of a history adds to the scores of others. 8 bytes per entry.
/// </summary>
internal sealed class SparseRows
{
    private readonly int[] _ends;      // [V + 1]: row a is _items[_ends[a - 1] .. _ends[a]]
    private readonly int[] _items;     // [entries], ascending within a row
    private readonly float[] _values;  // [entries]

    private SparseRows(int[] ends, int[] items, float[] values) => (_ends, _items, _values) = (ends, items, values);

    /// <summary>V.</summary>
    public int Items => _ends.Length - 1;

    /// <summary>[V + 1]: row a is the entries from Ends[a − 1] to Ends[a].</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>[entries] columns, rising within a row.</summary>
    public ReadOnlySpan<int> AllItems => _items;

    /// <summary>[entries].</summary>
    public ReadOnlySpan<float> AllValues => _values;

    /// <summary>The columns of a row.</summary>
    public ReadOnlySpan<int> ItemsOf(int row) => _items.AsSpan(_ends[row - 1].._ends[row]);

    /// <summary>The values beside <see cref="ItemsOf"/>.</summary>
    public ReadOnlySpan<float> ValuesOf(int row) => _values.AsSpan(_ends[row - 1].._ends[row]);

    /// <summary>scores += weight · row.</summary>
    public void AddRow(int row, float weight, Span<float> scores)
    {
        var items = ItemsOf(row);
        var values = ValuesOf(row);
        for (var i = 0; i < items.Length; i++) scores[items[i]] += weight * values[i];
    }

    /// <summary>Each row by itself, in parallel; the result does not depend on how many threads there are.</summary>
    /// <param name="items">V.</param>
    /// <param name="fill">Adds up row a, 1 … V.</param>
    /// <exception cref="TrainingException">There are more entries than an array can hold.</exception>
    public static SparseRows Build(int items, Action<int, RowAccumulator> fill)
    {
        var rows = new (int[] Items, float[] Values)[items + 1];
        rows[0] = ([], []);
        using var accumulators = new ThreadLocal<RowAccumulator>(() => new RowAccumulator(items));
        Parallel.For(1, items + 1, row =>
        {
            fill(row, accumulators.Value!);
            rows[row] = accumulators.Value!.Take();
        });
        var entries = rows.Sum(row => (long)row.Items.Length);
        if (entries > Array.MaxLength)
        {
            throw new TrainingException(
                $"{entries} pairs of items; at most {Array.MaxLength} fit; lower the maximal lag or the number of neighbours");
        }

        return Join(rows, (int)entries);
    }

    /// <summary>Adds the arrays to a file.</summary>
    public void Write(SafetensorsWriter writer)
    {
        writer.Add<int>("row_ends", _ends, _ends.Length);
        writer.Add<int>("items", _items, _items.Length);
        writer.Add<float>("values", _values, _values.Length);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="SafetensorsException">The arrays are no such matrix.</exception>
    public static SparseRows Read(SafetensorsFile file, int items)
    {
        var ends = file.Get("row_ends", items + 1).As<int>().ToArray();
        var entries = ends[^1];
        var rows = new SparseRows(ends, file.Get("items", entries).As<int>().ToArray(), file.Get("values", entries).As<float>().ToArray());
        return rows.FindFault() is { } fault ? throw new SafetensorsException($"{fault}; save the model again") : rows;
    }

    private static SparseRows Join((int[] Items, float[] Values)[] rows, int entries)
    {
        var (ends, items, values) = (new int[rows.Length], new int[entries], new float[entries]);
        for (var row = 1; row < rows.Length; row++)
        {
            rows[row].Items.CopyTo(items, ends[row - 1]);
            rows[row].Values.CopyTo(values, ends[row - 1]);
            ends[row] = ends[row - 1] + rows[row].Items.Length;
        }

        return new SparseRows(ends, items, values);
    }

    private string? FindFault()
    {
        if (_ends[0] != 0) return $"rows begin at entry {_ends[0]}, expected 0";
        for (var row = 1; row <= Items; row++)
        {
            if (_ends[row] < _ends[row - 1] || _ends[row] > _items.Length)
                return $"row {row} ends at entry {_ends[row]}, expected {_ends[row - 1]} to {_items.Length}";
            if (ItemsOf(row).ContainsAnyExceptInRange(1, Items)) return $"row {row} names an item outside 1 to {Items}";
        }

        foreach (var value in _values)
            if (!float.IsFinite(value)) return $"a value is {value}, expected finite numbers";
        return null;
    }
}
