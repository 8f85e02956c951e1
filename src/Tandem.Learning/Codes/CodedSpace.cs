using System.Numerics.Tensors;
using Tandem.Learning.Text;
using Tandem.Learning.Training;

namespace Tandem.Learning.Codes;

/// <summary>
/// The space in which vectors are coded: around their mean, along their principal components, each divided as whitening says.
/// </summary>
internal sealed class CodedSpace
{
    private const float LeastDeviation = 1e-3f; // of the greatest: what is less is rounding, and must not be blown up

    private readonly PrincipalComponents _components;
    private readonly float[] _factors;

    private CodedSpace(PrincipalComponents components, float[] factors) => (_components, _factors) = (components, factors);

    /// <summary>Dimensions.</summary>
    public int Width => _factors.Length;

    /// <param name="learned">Vectors of the items that may be learned from.</param>
    /// <param name="options">Components and whitening.</param>
    public static CodedSpace Of(ItemVectors learned, CodeOptions options)
    {
        var width = Math.Min(options.Components ?? learned.Width, learned.Width);
        if (options.Method == CodeMethod.Opq) width -= width % options.Levels;
        if (width == 0)
        {
            throw new RecipeException(
                $"vectors of {learned.Width} dimensions for {options.Levels} levels; OPQ needs one dimension at least for each");
        }

        var components = PrincipalComponents.Of(learned, width);
        return new(components, Factors(components.Apply(learned), options.Whitening));
    }

    /// <summary>[V + 1, width] of any vectors; zeros, which stand for the mean, where an item has none.</summary>
    public ItemVectors Place(ItemVectors vectors) => _components.Apply(vectors)
        .Map(Width, (component, placed) => TensorPrimitives.Multiply(component, _factors, placed));

    private static float[] Factors(ItemVectors components, double whitening)
    {
        var squares = new double[components.Width];
        for (var item = 1; item <= components.Items; item++)
        {
            for (var c = 0; c < squares.Length; c++) squares[c] += (double)components[item][c] * components[item][c] / components.Known;
        }

        var deviations = Array.ConvertAll(squares, square => (float)Math.Sqrt(square));
        var least = Math.Max(deviations.Max() * LeastDeviation, float.Epsilon);
        return Array.ConvertAll(deviations, deviation => (float)Math.Pow(Math.Max(deviation, least), -whitening));
    }
}
