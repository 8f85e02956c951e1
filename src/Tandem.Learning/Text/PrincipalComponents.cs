using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Tandem.Learning.Text;

/// <summary>
/// The directions in which item vectors differ most: x ↦ (x − mean) P, P being eigenvectors of the covariance, of the greatest eigenvalues
/// first. An eigenvector's sign is chosen so that its largest element is positive, so equal vectors give equal components.
/// </summary>
public sealed class PrincipalComponents
{
    private readonly float[] _mean;         // [D]
    private readonly float[] _directions;   // [width, D]
    private readonly double[] _deviations;  // [width]

    private PrincipalComponents(float[] mean, float[] directions, double[] deviations, double share) =>
        (_mean, _directions, _deviations, ExplainedShare) = (mean, directions, deviations, share);

    /// <summary>Number of components.</summary>
    public int Width => _directions.Length / _mean.Length;

    /// <summary>The part of the variance that lies in the components, 0 to 1.</summary>
    public double ExplainedShare { get; }

    /// <summary>Finds the components of the items that have a vector.</summary>
    /// <param name="vectors">N known items of D dimensions.</param>
    /// <param name="width">Components that are kept, 1 to D.</param>
    /// <exception cref="ArgumentException">There is no vector, or not that many dimensions.</exception>
    public static PrincipalComponents Of(ItemVectors vectors, int width)
    {
        if (vectors.Known == 0) throw new ArgumentException("no item has a vector", nameof(vectors));
        if (width < 1 || width > vectors.Width)
        {
            throw new ArgumentException($"{width} components of vectors of {vectors.Width} dimensions; expected 1 to {vectors.Width}",
                nameof(width));
        }

        var D = vectors.Width;
        var mean = new double[D];
        var known = Enumerable.Range(1, vectors.Items).Where(vectors.Has).ToArray();
        foreach (var item in known)
            for (var d = 0; d < D; d++) mean[d] += (double)vectors[item][d] / known.Length;
        var centred = Matrix<double>.Build.Dense(known.Length, D, (row, d) => vectors[known[row]][d] - mean[d]);
        var eigen = centred.TransposeThisAndMultiply(centred).Evd(Symmetricity.Symmetric); // eigenvalues rise
        var (directions, deviations) = (new float[width * D], new double[width]);
        double kept = 0, all = 0;
        for (var c = 0; c < D; c++) all += Math.Max(0, eigen.EigenValues[c].Real);
        for (var c = 0; c < width; c++)
        {
            kept += Math.Max(0, eigen.EigenValues[D - 1 - c].Real);
            deviations[c] = Math.Sqrt(Math.Max(0, eigen.EigenValues[D - 1 - c].Real) / known.Length);
            var column = eigen.EigenVectors.Column(D - 1 - c);
            var sign = column[column.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
            for (var d = 0; d < D; d++) directions[c * D + d] = (float)(sign * column[d]);
        }

        return new(Array.ConvertAll(mean, x => (float)x), directions, deviations, all > 0 ? kept / all : 1);
    }

    /// <summary>The components of vectors: those that were looked at, or others of the same dimensions.</summary>
    /// <param name="vectors">Of D dimensions.</param>
    /// <param name="whitening">
    /// w in [0, 1]: a component is divided by the w-th power of its standard deviation. 1 makes all alike, 0, the default, leaves distances
    /// as they are.
    /// </param>
    public ItemVectors Apply(ItemVectors vectors, double whitening = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vectors.Width, _mean.Length);
        // A direction without any variance holds roundings alone.
        var factors = Array.ConvertAll(_deviations, deviation => deviation > 1e-6 ? (float)Math.Pow(deviation, -whitening) : 0);
        return vectors.Map(Width, (x, components) =>
        {
            Span<float> centred = stackalloc float[x.Length];
            TensorPrimitives.Subtract(x, _mean, centred);
            for (var c = 0; c < components.Length; c++)
                components[c] = factors[c] * TensorPrimitives.Dot(centred, _directions.AsSpan(c * x.Length, x.Length));
        });
    }
}
