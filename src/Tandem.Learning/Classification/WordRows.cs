using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>Words of titles read from a table.</summary>
internal static class WordRows
{
    /// <summary>Rows, zeros where a title is at its end, and which places are words.</summary>
    /// <param name="table">[W, D].</param>
    /// <param name="words">[B, L] int64, 0 for padding.</param>
    /// <returns>[B, L, D] and [B, L, 1], 1 for a word.</returns>
    public static (Tensor Rows, Tensor Mask) Read(RowTable table, Tensor words)
    {
        using var whole = words.contiguous();
        var mask = words.ne(TensorArithmetic.Zero).to(ScalarType.Float32).unsqueeze(2);
        var rows = table.Gather(whole.data<long>().ToArray()).view(words.shape[0], words.shape[1], -1);
        return (rows * mask, mask);
    }
}
