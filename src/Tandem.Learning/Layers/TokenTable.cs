using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// A row for each token, kept in any float type: what a language model reads of a token, and by what it tells how likely the token is next.
/// Rows of further tokens may stand behind its own.
/// </summary>
internal sealed class TokenTable : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;                // [V, D]

    /// <param name="rows">V.</param>
    /// <param name="width">D.</param>
    /// <param name="unfilled">
    /// Type of rows that a checkpoint will fill; null, the default, to draw them from a normal distribution of deviation 1 (Torch's).
    /// </param>
    public TokenTable(int rows, int width, ScalarType? unfilled = null) : base(nameof(TokenTable))
    {
        _weight = nn.Parameter(unfilled is { } type ? empty(rows, width, dtype: type) : randn(rows, width));
        RegisterComponents();
    }

    /// <summary>W, [V, D].</summary>
    public Parameter Weight => _weight;

    /// <summary>
    /// [N, D] rows of N further tokens, which follow the table's own; null, the default, for none. They are neither saved nor disposed of.
    /// </summary>
    public Tensor? Added { get; set; }

    /// <summary>V + N.</summary>
    public int Tokens => (int)(_weight.shape[0] + (Added?.shape[0] ?? 0));

    /// <param name="tokens">[...] int64, on any device.</param>
    /// <returns>[..., D].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var flat = tokens.reshape(-1).to(_weight.device);
        var rows = Added is null ? TensorRows.Of(_weight, flat) : Mixed(flat, Added);
        return rows.view([.. tokens.shape, _weight.shape[1]]).MoveToOuterDisposeScope();
    }

    /// <summary>⟨x, row⟩ of each of some tokens.</summary>
    /// <param name="x">[..., D].</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">K.</param>
    /// <returns>[..., K].</returns>
    public Tensor Product(Tensor x, int first, int count)
    {
        using var scope = NewDisposeScope();
        var own = (int)Math.Clamp(_weight.shape[0] - first, 0, count);
        var parts = new List<Tensor>();
        if (own > 0) parts.Add(TypedProduct.Of(x, _weight.narrow(0, first, own)));
        if (own < count) parts.Add(TypedProduct.Of(x, Added!.narrow(0, first + own - _weight.shape[0], count - own)));
        return (parts.Count == 1 ? parts[0] : cat(parts, dim: -1)).MoveToOuterDisposeScope();
    }

    private Tensor Mixed(Tensor tokens, Tensor added)
    {
        // Each side is bounded where the other table has the row; a token of neither is refused by the lookup.
        var first = tensor(_weight.shape[0], device: tokens.device);
        var own = TypedProduct.InType(TensorRows.Of(_weight, tokens.Within(long.MinValue, _weight.shape[0] - 1)), added.dtype);
        var others = TensorRows.Of(added, (tokens - first).Within(0, long.MaxValue));
        return where(tokens.ge(first).unsqueeze(1), others, own);
    }
}
