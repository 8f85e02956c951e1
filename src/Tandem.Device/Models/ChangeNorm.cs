using System.Globalization;
using System.Numerics.Tensors;

namespace Tandem.Device.Models;

/// <summary>
/// How far a packet may take weights from those shipped: ‖changed − shipped‖ ≤ maxNorm · ‖shipped matrix‖, by Frobenius norms.
/// </summary>
internal static class ChangeNorm
{
    /// <summary>Why a change is too great, or null.</summary>
    /// <param name="name">Of the tensor.</param>
    /// <param name="changed">Its values.</param>
    /// <param name="shipped">As many.</param>
    /// <param name="scale">
    /// ‖W‖ of the layer: inputs behind a norm have elements near 1, so that is what its outputs are like, and a bias is held against it
    /// too. At 0 there is nothing to hold a change against, and what follows has to judge it.
    /// </param>
    /// <param name="maxNorm">Above 0.</param>
    public static string? FaultOf(
        string name, ReadOnlySpan<float> changed, ReadOnlySpan<float> shipped, double scale, double maxNorm)
    {
        var change = TensorPrimitives.Distance(changed, shipped);
        return scale == 0 || change <= maxNorm * scale // NaN is not
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"tensor '{name}' changes by {change / scale:0.##} times the norm of the shipped weights, expected at most {maxNorm}; "
                + $"ask for another packet");
    }
}
