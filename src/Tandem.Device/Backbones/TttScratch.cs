using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// Scratch for N rows on their way through a block. What mixes them and what follows it share memory, for one is done before the other.
/// </summary>
internal readonly ref struct TttScratch
{
    private readonly int _width;

    /// <param name="buffer">Of <see cref="Length"/> for at least N rows.</param>
    /// <param name="rows">N.</param>
    /// <param name="shape">Dimensions.</param>
    public TttScratch(Span<float> buffer, int rows, TttShape shape)
    {
        (_width, Rows) = (shape.Width, rows);
        var free = new Scratch(buffer);
        X = free.Take(rows * _width);
        Normed = free.Take(rows * _width);
        Answers = free.Take(rows * _width);
        var mixing = free;
        Qkv = mixing.Take(3 * rows * _width);
        Shared = mixing.Take(shape.ShareQueryKey ? 2 * rows * _width : 0);
        Rates = mixing.Take(rows * shape.Heads);
        Scales = mixing.Take(rows);
        Inner = mixing.Rest;
        Gate = free.Take(rows * _width);
        Hidden = free.Take(2 * rows * shape.FeedForwardWidth);
    }

    /// <summary>N.</summary>
    public int Rows { get; private init; }

    /// <summary>[N × D] the residual stream.</summary>
    public Span<float> X { get; private init; }

    /// <summary>[N × D].</summary>
    public Span<float> Normed { get; private init; }

    /// <summary>[N × D] of the inner models.</summary>
    public Span<float> Answers { get; private init; }

    /// <summary>[N × 3 D] queries, keys and values.</summary>
    public Span<float> Qkv { get; }

    /// <summary>[N × 2 D] what queries and keys share, and values; empty where they share nothing.</summary>
    public Span<float> Shared { get; }

    /// <summary>[N × H] λ.</summary>
    public Span<float> Rates { get; }

    /// <summary>[N] τ.</summary>
    public Span<float> Scales { get; }

    /// <summary>Scratch of the inner models.</summary>
    public Span<float> Inner { get; }

    /// <summary>[N × D]. Shares memory with <see cref="Qkv"/>.</summary>
    public Span<float> Gate { get; private init; }

    /// <summary>[N × 2 M]. Shares memory with <see cref="Qkv"/> and what follows it.</summary>
    public Span<float> Hidden { get; private init; }

    /// <summary>Floats for as many rows.</summary>
    /// <param name="rows">N.</param>
    /// <param name="shape">Dimensions.</param>
    /// <param name="inner">Floats of scratch of the inner models.</param>
    public static int Length(int rows, TttShape shape, int inner)
    {
        var mixing = rows * ((shape.ShareQueryKey ? 5 : 3) * shape.Width + shape.Heads + 1) + inner;
        return 3 * rows * shape.Width + Math.Max(mixing, rows * (shape.Width + 2 * shape.FeedForwardWidth));
    }

    /// <summary>The rows from one on, as far as they are needed after the mixing.</summary>
    public TttScratch From(int row) => this with
    {
        Rows = Rows - row,
        X = X[(row * _width)..],
        Normed = Normed[(row * _width)..],
        Answers = Answers[(row * _width)..],
        Gate = Gate[(row * _width)..],
        Hidden = Hidden[..(Hidden.Length / Rows * (Rows - row))],
    };
}
