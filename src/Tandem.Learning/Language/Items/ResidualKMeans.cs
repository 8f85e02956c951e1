using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Tandem.Data;

namespace Tandem.Learning.Language.Items;

/// <summary>
/// Semantic ids for catalogues without any: k-means over item vectors, then over what is left of them, level by level (residual
/// quantisation, RQ-KMeans). Near items share a prefix.
/// </summary>
public static class ResidualKMeans
{
    private const float Negligible = 1e-5f; // of the longest vector

    /// <summary>Codes of the items 1 … V.</summary>
    /// <param name="vectors">[V × D], row i for item i + 1, from training data only.</param>
    /// <param name="width">D.</param>
    /// <param name="levels">L. Default 4, as LETTER's ids.</param>
    /// <param name="codebookSize">K; null for a power of two from √(2V) up, at least 16 and at most 256.</param>
    /// <param name="seed">Of the initial centres.</param>
    public static SemanticIds Create(ReadOnlySpan<float> vectors, int width, int seed, int levels = 4, int? codebookSize = null)
    {
        var rest = new float[vectors.Length / width][];
        for (var i = 0; i < rest.Length; i++) rest[i] = vectors.Slice(i * width, width).ToArray();
        var size = codebookSize ?? DefaultCodebookSize(rest.Length);
        var codes = Enumerable.Range(0, rest.Length).Select(_ => new int[levels]).ToArray();
        var negligible = Negligible * rest.Select(r => TensorPrimitives.Norm<float>(r)).DefaultIfEmpty().Max();
        for (var level = 0; level < levels; level++)
        {
            var centres = Cluster(rest, width, size, (int)(NamedSeed.Derive(seed, "k-means", level) & int.MaxValue), out var assigned);
            for (var i = 0; i < rest.Length; i++)
            {
                codes[i][level] = assigned[i];
                TensorPrimitives.Subtract(rest[i], centres[assigned[i]], rest[i]);
                // What is left of an item that has a centre to itself is rounding, and must not pass for distinct points.
                if (TensorPrimitives.Norm<float>(rest[i]) <= negligible) rest[i].AsSpan().Clear();
            }
        }

        return SemanticIds.Create(codes, size);
    }

    private static int DefaultCodebookSize(int items) =>
        Math.Clamp((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Sqrt(2.0 * items)), 16, 256);

    private static float[][] Cluster(float[][] points, int width, int size, int seed, out int[] assigned)
    {
        var distinct = points.DistinctBy(p => Convert.ToHexString(MemoryMarshal.AsBytes<float>(p))).Select(p => p.ToArray()).ToArray();
        var centres = distinct.Length <= size ? distinct : Fit(points, width, size, seed); // the trainer refuses fewer points than clusters
        assigned = [.. points.Select(p => Nearest(p, centres))];
        return centres;
    }

    private static float[][] Fit(float[][] points, int width, int size, int seed)
    {
        var context = new MLContext(seed);
        var schema = SchemaDefinition.Create(typeof(Point));
        schema[nameof(Point.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        var data = context.Data.LoadFromEnumerable(points.Select(p => new Point { Features = p }), schema);
        var model = context.Clustering.Trainers.KMeans(new KMeansTrainer.Options
        {
            FeatureColumnName = nameof(Point.Features),
            NumberOfClusters = size,
            InitializationAlgorithm = KMeansTrainer.InitializationAlgorithm.KMeansPlusPlus, // the default needs many points per cluster
            NumberOfThreads = 1, // more would make the sums, and so the codes, depend on timing
            MaximumNumberOfIterations = 50,
        }).Fit(data);
        VBuffer<float>[] buffers = [];
        model.Model.GetClusterCentroids(ref buffers, out _);
        return buffers.Select(b => b.DenseValues().ToArray()).ToArray();
    }

    private static int Nearest(float[] point, float[][] centres)
    {
        var (best, least) = (0, float.PositiveInfinity);
        for (var c = 0; c < centres.Length; c++)
        {
            var distance = TensorPrimitives.Distance(point, centres[c]);
            if (distance < least) (best, least) = (c, distance);
        }

        return best;
    }

    private sealed class Point
    {
        public float[] Features { get; set; } = [];
    }
}
