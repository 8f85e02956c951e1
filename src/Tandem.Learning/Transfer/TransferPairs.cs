using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>The pairs of two models where nobody names any.</summary>
/// <remarks>
/// Every matrix of the target's layers reads all of the source's layers that have the width that most of their rows have: which layer of
/// an unlike model answers to which is not known, and an attention over all rows may find it. Gates of a GRU and packed queries, keys and
/// values are matrices of their own; target matrices of one shape share an adapter. Tables of items, words and positions are left out.
/// </remarks>
internal static class TransferPairs
{
    private const string Items = "items.weight";
    private const string Generators = "parameters."; // what makes weights for users: they are its own, and no layer of the model
    private const int Blocks = 3;           // of GRUs (r, z, n) and of packed projections (q, k, v)
    private const int TableRatio = 16;      // a matrix with more rows than so many times its columns is a table
    private const long MostCells = 1 << 24; // of an attention: beyond it a pair is meant for a row-aligned adapter

    /// <summary>Those that are named, or those that fit.</summary>
    /// <exception cref="ArgumentException">Nothing fits.</exception>
    public static IReadOnlyList<ParameterPair> Of(nn.Module target, TransferSource source, TransferOptions options)
    {
        if (options.Pairs is { } named) return named;
        if (options.Adapter == AdapterKind.RowAligned) return [TableOf(source)];
        var tables = target.named_modules().Where(m => m.module is RowTable).Select(m => m.name + ".weight").ToHashSet();
        var own = target.named_parameters()
            .Where(p => p.parameter.requires_grad && !tables.Contains(p.name) && IsOfLayer(p.name))
            .ToDictionary(p => p.name, p => (IReadOnlyList<long>)p.parameter.shape);
        var others = source.Tensors.Where(t => IsOfLayer(t.Key)).ToDictionary(t => t.Key, t => t.Value.Shape);
        var sources = Matrices(others).ToArray();
        if (sources.Length == 0)
            throw new ArgumentException("the source has no matrix of a layer; name pairs as transfer.pairs", nameof(source));
        var width = sources.GroupBy(matrix => matrix.Size.Columns).MaxBy(group => group.Sum(matrix => (long)matrix.Size.Rows))!.Key;
        string[] read = [.. sources.Where(matrix => matrix.Size.Columns == width).Select(matrix => matrix.View.ToString())];
        return [.. Matrices(own).Select(matrix =>
            new ParameterPair(matrix.View.ToString(), read, $"{matrix.Size.Rows}x{matrix.Size.Columns}"))];
    }

    /// <summary>The first fault of a pair's sizes for an adapter, or null.</summary>
    public static string? FaultOf((int Rows, int Columns) target, (int Rows, int Columns) source, TransferOptions options) =>
        options.Adapter != AdapterKind.RowAligned && (long)target.Rows * source.Rows > MostCells
            ? $"{target.Rows} rows that read {source.Rows} rows; name smaller pairs, or take the row-aligned adapter for tables"
            : options.Rank > new[] { target.Rows, target.Columns, source.Rows, source.Columns }.Min()
                ? $"rank {options.Rank} for {target.Rows} × {target.Columns} and {source.Rows} × {source.Columns}; both sides need it"
                : null;

    private static ParameterPair TableOf(TransferSource source) => source.Tensors.ContainsKey(Items)
        ? new(Items, [Items])
        : source.Tensors.Where(t => t.Value.Shape.Count == 2).Select(t => t.Key).ToArray() is [var only]
            ? new(Items, [only])
            : throw new ArgumentException(
                $"the source has no '{Items}', and not one table alone: {string.Join(", ", source.Tensors.Keys)}; name the pair as "
                    + "transfer.pairs", nameof(source));

    /// <summary>Matrices of layers among parameters: those that are called a weight and are no table.</summary>
    private static IEnumerable<(ParameterView View, (int Rows, int Columns) Size)> Matrices(
        IReadOnlyDictionary<string, IReadOnlyList<long>> parameters)
    {
        foreach (var (name, shape) in parameters)
        {
            if (shape.Count < 2 || !name[(name.LastIndexOf('.') + 1)..].Contains("weight", StringComparison.Ordinal)) continue;
            var (rows, columns) = new ParameterView(name).SizeIn(shape);
            if (name == Items || rows > TableRatio * columns) continue;
            foreach (var view in ParameterView.All(name, IsPacked(name) && rows % Blocks == 0 ? Blocks : 1))
                yield return (view, view.SizeIn(shape));
        }
    }

    /// <summary>
    /// Whether a name is that of a layer: of no generator of weights, and of no table of words, positions or kinds of tokens, as
    /// checkpoints of language models call them.
    /// </summary>
    public static bool IsOfLayer(string name)
    {
        var parts = name.Split('.');
        return !name.StartsWith(Generators, StringComparison.Ordinal) && !(parts.Length > 1 && IsTable(parts[^2]));

        static bool IsTable(string module) =>
            module.Contains("embed", StringComparison.Ordinal) || module is "wte" or "wpe" or "shared" or "relative_attention_bias";
    }

    private static bool IsPacked(string name) =>
        name.Contains("weight_ih", StringComparison.Ordinal) || name.Contains("weight_hh", StringComparison.Ordinal)
            || name.EndsWith("qkv.weight", StringComparison.Ordinal) || name.EndsWith("in_proj_weight", StringComparison.Ordinal);
}
