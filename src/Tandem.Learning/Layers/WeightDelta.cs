using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>
/// What is added to the weights of a linear layer of O outputs and I inputs: y = (W + ΔW) x + b + Δb. Each part is one for all rows, or has
/// a first axis of B and is one for each row of the batch, such as the weights that a generator made for each user; or of B T, and is one
/// for each place of each row.
/// </summary>
/// <remarks>
/// Where parts are 0, y is equal to that of the layer alone, to the bit. ΔW = <see cref="Weight"/> + <see cref="Up"/>
/// <see cref="Core"/> <see cref="Down"/>, and to its row o is added Σ_c <see cref="Shares"/>[c, o] <see cref="Choices"/>[c, o]. Gradients
/// reach every part. The tensors stay the caller's.
/// </remarks>
public sealed record WeightDelta
{
    /// <summary>[O, I] or [B, O, I] in full; null for none.</summary>
    public Tensor? Weight { get; init; }

    /// <summary>[R, I] or [B, R, I], the first of two factors of low rank; null for none, as <see cref="Up"/> then is.</summary>
    public Tensor? Down { get; init; }

    /// <summary>[O, R] or [B, O, R], the second factor.</summary>
    public Tensor? Up { get; init; }

    /// <summary>[R, R] or [B, R, R], a matrix between the factors: with it, all users can share them; null for none.</summary>
    public Tensor? Core { get; init; }

    /// <summary>[C, O, I], C changes of each row that are the same for all; null for none, as <see cref="Shares"/> then is.</summary>
    public Tensor? Choices { get; init; }

    /// <summary>[C, O] or [B, C, O], how much of each change its row gets.</summary>
    public Tensor? Shares { get; init; }

    /// <summary>Δb, [O] or [B, O]; null for none. A layer without a bias takes it too.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>The first fault of these shapes for a layer, null where they fit.</summary>
    /// <param name="outputs">O.</param>
    /// <param name="inputs">I.</param>
    public string? Fault(long outputs, long inputs)
    {
        if (Down is null != Up is null) return "one factor of a low rank is there without the other; give Down and Up";
        if (Core is not null && Down is null) return "there is a core without factors; give Down and Up with it";
        if (Choices is null != Shares is null) return "choices are there without shares, or shares without choices; give both";
        if (Choices is not null && Choices.dim() != 3) return "Choices are the same for all rows of the batch; give [C, O, I]";
        var (rank, choices) = (Down?.shape[^2] ?? 0, Choices?.shape[0] ?? 0);
        return Fault(nameof(Weight), Weight, outputs, inputs) ?? Fault(nameof(Down), Down, rank, inputs)
            ?? Fault(nameof(Core), Core, rank, rank) ?? Fault(nameof(Up), Up, outputs, rank)
            ?? Fault(nameof(Choices), Choices, choices, outputs, inputs) ?? Fault(nameof(Shares), Shares, choices, outputs)
            ?? Fault(nameof(Bias), Bias, outputs);
    }

    /// <summary>The changed layer's answers.</summary>
    /// <param name="x">[B, …, I].</param>
    /// <param name="weight">[O, I] W.</param>
    /// <param name="bias">[O] b, or null.</param>
    /// <returns>[B, …, O].</returns>
    internal Tensor Apply(Tensor x, Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        // What is the same for all rows goes into the weights: O I sums in place of another product.
        var w = Weight is { } shared && shared.dim() == 2 ? weight.Plus(shared) : weight;
        var b = Bias is { } own && own.dim() == 1 ? bias?.Plus(own) ?? own : bias;
        var y = TypedProduct.Of(x, w, b);
        if (Weight is { } each && each.dim() == 3) y = y.Plus(Product(x, each));
        if (Down is not null && Up is not null)
        {
            var inner = Product(x, Down);
            y = y.Plus(Product(Core is null ? inner : Product(inner, Core), Up));
        }

        if (Choices is not null && Shares is not null) y = y.Plus(Chosen(x, Choices, Shares));
        if (Bias is { } row && row.dim() == 2)
            y = y.view(RowsOf(row, x), -1, row.shape[1]).Plus(row.unsqueeze(1)).view(y.shape);
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>The weights of one row of the batch: what a device gets in place of the layer's own.</summary>
    /// <param name="weight">[O, I] W.</param>
    /// <param name="bias">[O] b, or null.</param>
    /// <param name="row">From 0; of no matter to parts that are one for all.</param>
    internal (Tensor Weight, Tensor? Bias) Fold(Tensor weight, Tensor? bias, int row)
    {
        using var scope = NewDisposeScope();
        var w = Weight is null ? weight.alias() : weight.Plus(Of(Weight, 2));
        if (Down is not null && Up is not null)
        {
            var down = Of(Down, 2);
            w = w.Plus(Of(Up, 2).matmul(Core is null ? down : Of(Core, 2).matmul(down)));
        }

        if (Choices is not null && Shares is not null) w = w.Plus((Of(Shares, 2).unsqueeze(2) * Choices).sum(dim: 0));
        var b = Bias is null ? bias?.alias() : bias?.Plus(Of(Bias, 1)) ?? Of(Bias, 1).alias();
        return (w.MoveToOuterDisposeScope(), b?.MoveToOuterDisposeScope());

        Tensor Of(Tensor part, int dimensions) => part.dim() == dimensions ? part : part[row];
    }

    /// <summary>x Mᵀ, where M is one for all rows or one for each.</summary>
    private static Tensor Product(Tensor x, Tensor matrix)
    {
        if (matrix.dim() == 2) return TypedProduct.Of(x, matrix);
        var rows = x.reshape(RowsOf(matrix, x), -1, x.shape[^1]);                       // [B, N, I]
        return rows.bmm(matrix.transpose(1, 2)).reshape([.. x.shape[..^1], matrix.shape[1]]);
    }

    /// <summary>Σ_c shares[c, o] (choices[c, o] x): one product with what all rows share, in place of a matrix for each row.</summary>
    private static Tensor Chosen(Tensor x, Tensor choices, Tensor shares)
    {
        var (C, O) = (choices.shape[0], choices.shape[1]);
        var each = nn.functional.linear(x, choices.view(C * O, -1));                    // [B, …, C O]
        var weights = shares.dim() == 2 ? shares.unsqueeze(0) : shares;
        var rows = shares.dim() == 2 ? 1 : RowsOf(shares, x);
        return (each.view(rows, -1, C, O) * weights.unsqueeze(1)).sum(dim: 2).view([.. x.shape[..^1], O]);
    }

    private static long RowsOf(Tensor part, Tensor x)
    {
        var (rows, places) = (x.shape[0], x.dim() > 2 ? x.shape[0] * x.shape[1] : x.shape[0]);
        return part.shape[0] == rows || part.shape[0] == places
            ? part.shape[0]
            : throw new ArgumentException($"the weights are changed for {part.shape[0]} rows, the batch has {rows}"
                + $"{(places > rows ? $" of {x.shape[1]} places" : "")}; give one change for each row or place");
    }

    private static string? Fault(string name, Tensor? part, params long[] shape)
    {
        if (part is null) return null;
        var own = part.shape.Length == shape.Length + 1 ? part.shape[1..] : part.shape;
        return own.SequenceEqual(shape)
            ? null
            : $"{name} has shape [{string.Join(", ", part.shape)}]; expected [{string.Join(", ", shape)}], "
                + "with the batch's rows before it or without";
    }
}
