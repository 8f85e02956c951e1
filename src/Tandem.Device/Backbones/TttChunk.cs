namespace Tandem.Device.Backbones;

/// <summary>Consecutive events of one mini-batch on their way through the heads' inner models, and the memory that they change.</summary>
internal readonly ref struct TttChunk
{
    /// <summary>[n × 3 D] queries and keys, rotated, and values.</summary>
    public required ReadOnlySpan<float> Qkv { get; init; }

    /// <summary>[n × H] λ.</summary>
    public required ReadOnlySpan<float> Rates { get; init; }

    /// <summary>[n] τ.</summary>
    public required ReadOnlySpan<float> Scales { get; init; }

    /// <summary>[H × P] weights of the heads' inner models, as the mini-batch began.</summary>
    public required ReadOnlySpan<float> Weights { get; init; }

    /// <summary>[H × P] Σ λ ∂ℓ/∂W of the mini-batch's events, added to.</summary>
    public required Span<float> Sums { get; init; }

    /// <summary>[n × D] receives the answers.</summary>
    public required Span<float> Answers { get; init; }

    /// <summary>The first row whose answer is wanted, 0 … n.</summary>
    public required int Wanted { get; init; }

    /// <summary>True where the mini-batch begins here, so that the sums are 0.</summary>
    public required bool IsFirst { get; init; }

    /// <summary>Of <see cref="TttInnerModel.ScratchLength"/>, overwritten.</summary>
    public required Span<float> Scratch { get; init; }

    /// <summary>n.</summary>
    public int Rows => Scales.Length;

    /// <summary>D.</summary>
    public int Width => Answers.Length / Rows;

    /// <summary>[H] λ of a row.</summary>
    public ReadOnlySpan<float> RowRates(int row) => Rates.Slice(row * (Rates.Length / Rows), Rates.Length / Rows);

    /// <summary>[D].</summary>
    public ReadOnlySpan<float> Query(int row) => Qkv.Slice(3 * row * Width, Width);

    /// <summary>[D].</summary>
    public ReadOnlySpan<float> Key(int row) => Qkv.Slice((3 * row + 1) * Width, Width);

    /// <summary>[D].</summary>
    public ReadOnlySpan<float> Value(int row) => Qkv.Slice((3 * row + 2) * Width, Width);

    /// <summary>[D].</summary>
    public Span<float> Answer(int row) => Answers.Slice(row * Width, Width);

    /// <summary>
    /// A head's columns of the queries and of the keys, [n × F] each, one row after the other as matrix products want them.
    /// </summary>
    public void CopyHead(int head, Span<float> queries, Span<float> keys)
    {
        var F = queries.Length / Rows;
        for (var row = 0; row < Rows; row++)
        {
            Query(row).Slice(head * F, F).CopyTo(queries[(row * F)..]);
            Key(row).Slice(head * F, F).CopyTo(keys[(row * F)..]);
        }
    }
}
