using static TorchSharp.torch;

namespace Tandem.Learning.Backbones;

/// <summary>What consecutive steps bring to a TTT layer's inner model, all heads side by side.</summary>
/// <param name="Q">[B, H, n, F] queries, rotated by their places.</param>
/// <param name="K">[B, H, n, F] keys, rotated by their places.</param>
/// <param name="V">[B, H, n, F] values.</param>
/// <param name="Rates">[B, H, 1, n] λ, the inner learning rate of each step.</param>
internal readonly record struct TttChunk(Tensor Q, Tensor K, Tensor V, Tensor Rates)
{
    /// <summary>n.</summary>
    public long Steps => Q.shape[2];

    /// <summary>The steps from <paramref name="first"/> on.</summary>
    public TttChunk Slice(long first, long count) =>
        new(Q.narrow(2, first, count), K.narrow(2, first, count), V.narrow(2, first, count), Rates.narrow(3, first, count));
}
