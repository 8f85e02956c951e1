using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>Matrices by their deviation, without a gradient.</summary>
internal static class Scales
{
    /// <summary>Added to what is divided by, so that a matrix of zeros stays one.</summary>
    public const double Least = 1e-12;

    private static readonly long[] _matrixAxes = [-2, -1];

    /// <summary>√ of the mean square of each matrix.</summary>
    /// <param name="matrices">[…, O, I].</param>
    /// <returns>[…, 1, 1].</returns>
    public static Tensor Deviation(Tensor matrices)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        return matrices.detach().Squared().mean(_matrixAxes, keepdim: true).sqrt().MoveToOuterDisposeScope();
    }

    /// <summary>Each matrix divided by its deviation.</summary>
    /// <param name="matrices">[…, O, I].</param>
    public static Tensor Unit(Tensor matrices)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        return (matrices.detach() / Deviation(matrices).Plus(Least)).MoveToOuterDisposeScope();
    }

    /// <summary>Each row divided by its own deviation; a row of zeros stays one.</summary>
    public static Tensor UnitRows(Tensor matrix)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var detached = matrix.detach();
        return (detached / detached.Squared().mean([1], keepdim: true).sqrt().Plus(Least)).MoveToOuterDisposeScope();
    }
}
