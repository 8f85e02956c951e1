using TorchSharp;
using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>Rows of a table by number.</summary>
internal static class TensorRows
{
    /// <param name="table">[N, …].</param>
    /// <param name="rows">[K] int64, 0 … N − 1, on the table's device.</param>
    /// <returns>[K, …].</returns>
    /// <remarks>
    /// On an accelerator the gradient of <c>index_select</c> is summed in whatever order its threads come; that of <c>index</c> in one
    /// order.
    /// </remarks>
    public static Tensor Of(Tensor table, Tensor rows) =>
        table.device_type == DeviceType.CPU ? table.index_select(0, rows) : table.index([TensorIndex.Tensor(rows)]);
}
