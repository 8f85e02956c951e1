using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Protocol;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>A linear layer of a runner with the factors that a bundle brings for it: W + U S V and b + U c.</summary>
internal sealed class FactoredLayer
{
    private readonly NamedSlice _weight;
    private readonly NamedSlice _bias;          // without a place where the layer has none
    private readonly float[] _downColumns;      // [I, R]: V transposed, so that both products run along R

    private FactoredLayer(LayerFactors factors, NamedSlice weight, NamedSlice bias)
    {
        (Factors, _weight, _bias) = (factors, weight, bias);
        _downColumns = Transposed(factors.Down.Span, factors.Rank, factors.Inputs);
    }

    /// <summary>Of the layer.</summary>
    public LayerFactors Factors { get; }

    /// <summary>Finds the layer's place.</summary>
    /// <param name="factors">Of a bundle.</param>
    /// <param name="layout">Of its runner.</param>
    /// <exception cref="SafetensorsException">The runner has no such layer, or one of another shape.</exception>
    public static FactoredLayer Of(LayerFactors factors, ParameterLayout layout)
    {
        var name = FaultText.Quote(factors.Name);
        if (!layout.TryFind(factors.Name + ".weight", out var weight) || weight.IsPersonal)
            throw new SafetensorsException($"the bundle has factors of layer {name}, which is none of this model's; export again");
        if (weight.Shape is not [var outputs, var inputs] || outputs != factors.Outputs || inputs != factors.Inputs)
        {
            throw new SafetensorsException(
                $"factors of layer {name} are of [{factors.Outputs}, {factors.Inputs}], its weights of "
                + $"{FaultText.Shape(weight.Shape)}; export again");
        }

        if (layout.TryFind(factors.Name + ".bias", out var bias) != factors.HasBias)
        {
            throw new SafetensorsException(
                $"factors of layer {name} are for a layer {(factors.HasBias ? "with" : "without")} a bias, which it is not; export again");
        }

        return new(factors, weight, bias);
    }

    /// <summary>Adds U S V and U c.</summary>
    /// <param name="core">[R, C] = [S | c], finite.</param>
    /// <param name="shipped">By the layout.</param>
    /// <param name="weights">By the layout; this layer's are those shipped.</param>
    /// <param name="maxNorm">Of the bundle's factors.</param>
    /// <exception cref="SafetensorsException">The change is too great, or no finite number.</exception>
    public void Add(ReadOnlySpan<float> core, ReadOnlySpan<float> shipped, Span<float> weights, double maxNorm)
    {
        var R = Factors.Rank;
        var (S, c) = (new float[R * R], new float[R]);
        for (var r = 0; r < R; r++)
        {
            var row = core.Slice(r * Factors.CoreColumns, Factors.CoreColumns);
            row[..R].CopyTo(S.AsSpan(r * R));
            if (Factors.HasBias) c[r] = row[R];
        }

        var inner = new float[_downColumns.Length];                             // [I, R]: (S V)ᵀ
        MatrixProduct.TimesTransposed(_downColumns, S, [], inner);
        var U = Factors.Up.Span;
        var W = _weight.Slice.Of(weights);
        if (_weight.IsTransposed) MatrixProduct.TimesTransposed(inner, U, [], W, accumulate: true);     // [I, O]
        else MatrixProduct.TimesTransposed(U, inner, [], W, accumulate: true);                          // [O, I]
        var scale = TensorPrimitives.Norm(_weight.Slice.Of(shipped));
        Require(_weight, shipped, weights, scale, maxNorm);
        if (!Factors.HasBias) return;
        MatrixVector.Accumulate(U, [], c, _bias.Slice.Of(weights));
        Require(_bias, shipped, weights, scale, maxNorm);
    }

    private static void Require(NamedSlice tensor, ReadOnlySpan<float> shipped, Span<float> weights, double scale, double maxNorm)
    {
        var changed = tensor.Slice.Of(weights);
        var fault = FiniteWeights.AreWithin(changed, FiniteWeights.Greatest)
            ? ChangeNorm.FaultOf(tensor.Name, changed, tensor.Slice.Of(shipped), scale, maxNorm)
            : $"tensor '{tensor.Name}' gets a value that is not finite, or beyond ±{FiniteWeights.Greatest}; ask for another packet";
        if (fault is not null) throw new SafetensorsException(fault);
    }

    private static float[] Transposed(ReadOnlySpan<float> values, int rows, int columns)
    {
        var transposed = new float[values.Length];
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) transposed[c * rows + r] = values[r * columns + c];
        return transposed;
    }
}
