using System.Numerics.Tensors;
using Tandem.Protocol;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>Matrices whose rows keep the bits that a packet's plans say: what they are is in the shipped weights already.</summary>
internal static class PlannedRows
{
    /// <summary>Rounds the rows of each matrix that a packet has a plan for.</summary>
    /// <param name="plans">Tensors of plans, not trusted.</param>
    /// <param name="layout">Of the model's runner.</param>
    /// <param name="shipped">By the layout.</param>
    /// <param name="weights">A copy of those shipped, of no use after an exception.</param>
    /// <param name="maxNorm">Greatest change of a matrix, see <see cref="ChangeNorm"/>.</param>
    /// <exception cref="SafetensorsException">A plan is of no matrix, of another number of rows, or changes too much.</exception>
    public static void Round(
        SafetensorsFile plans, ParameterLayout layout, ReadOnlySpan<float> shipped, Span<float> weights, double maxNorm)
    {
        foreach (var name in plans.Tensors.Keys)
        {
            if (!layout.TryFind(PacketTensors.LayerOfPlan(name) + ".weight", out var matrix)
                || matrix is not { IsPersonal: false, Shape: [var outputs, _] })
            {
                throw new SafetensorsException(
                    $"tensor {FaultText.Quote(name)} is a plan of no matrix of this model's; ask for another packet");
            }

            var plan = plans.Get(name, PrecisionPlan.LengthOf(outputs)).As<byte>();
            if (!PrecisionPlan.Fits(plan, outputs))
            {
                throw new SafetensorsException(
                    $"tensor {FaultText.Quote(name)} says more than the precision of {outputs} rows; ask for another packet");
            }

            Round(matrix, plan, matrix.Slice.Of(weights));
            var before = matrix.Slice.Of(shipped);
            if (ChangeNorm.FaultOf(matrix.Name, matrix.Slice.Of(weights), before, TensorPrimitives.Norm(before), maxNorm) is { } fault)
                throw new SafetensorsException(fault);
        }
    }

    /// <param name="matrix">[O × I].</param>
    /// <param name="plan">Of O rows.</param>
    /// <param name="values">The matrix as it lies.</param>
    private static void Round(NamedSlice matrix, ReadOnlySpan<byte> plan, Span<float> values)
    {
        var (O, I) = (matrix.Shape[0], matrix.Shape[1]);
        var column = matrix.IsTransposed ? new float[I] : [];
        for (var o = 0; o < O; o++)
        {
            var choice = PrecisionPlan.Choice(plan, o);
            if (!matrix.IsTransposed)
            {
                PrecisionPlan.Round(values.Slice(o * I, I), choice);
                continue;
            }

            for (var i = 0; i < I; i++) column[i] = values[i * O + o];
            PrecisionPlan.Round(column, choice);
            for (var i = 0; i < I; i++) values[i * O + o] = column[i];
        }
    }
}
