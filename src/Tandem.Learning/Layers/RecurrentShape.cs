using static TorchSharp.torch;

namespace Tandem.Learning.Layers;

/// <summary>Sizes of <see cref="RecurrentSteps"/>.</summary>
/// <param name="Rows">B.</param>
/// <param name="Steps">T.</param>
/// <param name="Hidden">H.</param>
internal readonly record struct RecurrentShape(int Rows, int Steps, int Hidden)
{
    /// <param name="states">[B, T, H].</param>
    public static RecurrentShape Of(Tensor states) => new((int)states.shape[0], (int)states.shape[1], (int)states.shape[2]);
}
