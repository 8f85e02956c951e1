using System.Numerics.Tensors;

namespace Tandem.Learning.Codes;

/// <summary>
/// A level's centres while RQ-VAE learns: each is the running mean of the residuals that were nearest to it, so no gradient is needed. One
/// that hardly anything is near to starts anew at a residual of the batch (revival of dead codes, as in Jukebox, arXiv 2005.00341).
/// </summary>
internal sealed class RqVaeCentres
{
    private const double LeastUse = 0.1; // of the mean use: a centre below it is dead

    private readonly double _keep;
    private readonly double[] _sums;    // [K, d]
    private readonly double[] _counts;  // [K]

    /// <param name="start">The centres to begin with.</param>
    /// <param name="meanUse">Residuals of a step for each centre.</param>
    /// <param name="keep">Share of the means that a step keeps.</param>
    public RqVaeCentres(Codebook start, double meanUse, double keep)
    {
        (Book, _keep) = (start, keep);
        _counts = new double[start.Size];
        Array.Fill(_counts, meanUse);
        _sums = Array.ConvertAll(start.Centres, value => value * meanUse);
    }

    /// <summary>As they are now.</summary>
    public Codebook Book { get; private set; }

    /// <summary>Takes in a step's residuals.</summary>
    /// <param name="residuals">[N, d] row-major.</param>
    /// <param name="nearest">[N] their centres.</param>
    /// <param name="revival">Chooses where dead centres start anew; null to leave them.</param>
    public void Take(float[] residuals, int[] nearest, Random? revival)
    {
        var d = Book.Width;
        TensorPrimitives.Multiply(_sums, _keep, _sums);
        TensorPrimitives.Multiply(_counts, _keep, _counts);
        for (var i = 0; i < nearest.Length; i++)
        {
            _counts[nearest[i]] += 1 - _keep;
            for (var j = 0; j < d; j++) _sums[nearest[i] * d + j] += (1 - _keep) * residuals[i * d + j];
        }

        if (revival is not null) Revive(residuals, nearest.Length, revival);
        Book = new(Array.ConvertAll([.. Enumerable.Range(0, _sums.Length)], at => (float)(_sums[at] / _counts[at / d])), d);
    }

    private void Revive(float[] residuals, int count, Random random)
    {
        var (mean, d) = (_counts.Average(), Book.Width);
        for (var k = 0; k < _counts.Length; k++)
        {
            if (_counts[k] >= LeastUse * mean) continue;
            var at = random.Next(count) * d;
            _counts[k] = mean;
            for (var j = 0; j < d; j++) _sums[k * d + j] = residuals[at + j] * mean;
        }
    }
}
