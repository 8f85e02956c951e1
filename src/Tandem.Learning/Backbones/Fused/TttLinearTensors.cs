namespace Tandem.Learning.Backbones.Fused;

/// <summary>What a fused scan reads, or the gradients of the same. All row-major.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly ref struct TttLinearTensors<T>
{
    /// <summary>[B, T, 3 D] queries, keys and values side by side, not yet rotated.</summary>
    public required Span<T> Qkv { get; init; }

    /// <summary>[B, T, H] λ.</summary>
    public required Span<T> Rates { get; init; }

    /// <summary>[b] τ.</summary>
    public required Span<T> Tau { get; init; }

    /// <summary>[H, F, F] W₀.</summary>
    public required Span<T> Weight { get; init; }

    /// <summary>[H, 1, F] b₀.</summary>
    public required Span<T> Bias { get; init; }

    /// <summary>[H, 1, F] γ.</summary>
    public required Span<T> Gamma { get; init; }

    /// <summary>[H, 1, F] β.</summary>
    public required Span<T> Beta { get; init; }
}
