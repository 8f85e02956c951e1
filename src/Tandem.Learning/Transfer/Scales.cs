using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>Matrices by their deviation, without a gradient.</summary>
internal static class Scales
{
    /// <summary>Added to what is divided by, so that a matrix of zeros stays one.</summary>
    public const double Least = 1e-12;

    /// <summary>√ of the mean square, a scalar.</summary>
    public static Tensor Deviation(Tensor matrix)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        return matrix.detach().Squared().mean().sqrt().MoveToOuterDisposeScope();
    }

    /// <summary>Divided by its deviation.</summary>
    public static Tensor Unit(Tensor matrix)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        return (matrix.detach() / Deviation(matrix).Plus(Least)).MoveToOuterDisposeScope();
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
