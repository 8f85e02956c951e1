using System.Numerics.Tensors;

namespace Tandem.Learning.Clustering;

/// <summary>
/// Centres while a network learns what they stand for: each is the running mean of the points that were nearest to it, so no gradient is
/// needed. One that hardly anything is near to starts anew at a point of the batch (revival of dead codes, as in Jukebox, arXiv
/// 2005.00341).
/// </summary>
internal sealed class RunningCentres
{
    private const double LeastUse = 0.1; // of the mean use: a centre below it is dead

    private readonly double _keep;
    private readonly double[] _sums;    // [K, d]
    private readonly double[] _counts;  // [K]

    /// <param name="start">The centres to begin with.</param>
    /// <param name="meanUse">Points of a step for each centre.</param>
    /// <param name="keep">Share of the means that a step keeps.</param>
    public RunningCentres(Codebook start, double meanUse, double keep)
    {
        (Book, _keep) = (start, keep);
        _counts = new double[start.Size];
        Array.Fill(_counts, meanUse);
        _sums = Array.ConvertAll(start.Centres, value => value * meanUse);
    }

    /// <summary>Goes on from sums and counts that were kept.</summary>
    /// <param name="sums">[K, d] row-major.</param>
    /// <param name="counts">[K].</param>
    /// <param name="keep">Share of the means that a step keeps.</param>
    public RunningCentres(double[] sums, double[] counts, double keep)
    {
        (_sums, _counts, _keep) = (sums, counts, keep);
        Book = Means(sums.Length / counts.Length);
    }

    /// <summary>[K, d] Σ of the points of each centre, older ones less and less.</summary>
    public double[] Sums => _sums;

    /// <summary>[K] how many points that is.</summary>
    public double[] Counts => _counts;

    /// <summary>As they are now.</summary>
    public Codebook Book { get; private set; }

    /// <summary>Takes in a step's points.</summary>
    /// <param name="points">[N, d] row-major.</param>
    /// <param name="nearest">[N] their centres.</param>
    /// <param name="revival">Chooses where dead centres start anew; null to leave them.</param>
    public void Take(float[] points, int[] nearest, Random? revival)
    {
        var d = Book.Width;
        TensorPrimitives.Multiply(_sums, _keep, _sums);
        TensorPrimitives.Multiply(_counts, _keep, _counts);
        for (var i = 0; i < nearest.Length; i++)
        {
            _counts[nearest[i]] += 1 - _keep;
            for (var j = 0; j < d; j++) _sums[nearest[i] * d + j] += (1 - _keep) * points[i * d + j];
        }

        if (revival is not null) Revive(points, nearest.Length, revival);
        Book = Means(d);
    }

    private Codebook Means(int d)
    {
        var centres = new float[_sums.Length];
        for (var i = 0; i < centres.Length; i++) centres[i] = (float)(_sums[i] / _counts[i / d]);
        return new(centres, d);
    }

    private void Revive(float[] points, int count, Random random)
    {
        var (mean, d) = (_counts.Average(), Book.Width);
        for (var k = 0; k < _counts.Length; k++)
        {
            if (_counts[k] >= LeastUse * mean) continue;
            var at = random.Next(count) * d;
            _counts[k] = mean;
            for (var j = 0; j < d; j++) _sums[k * d + j] = points[at + j] * mean;
        }
    }
}
