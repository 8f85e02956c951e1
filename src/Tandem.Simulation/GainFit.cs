using MathNet.Numerics.LinearAlgebra;
using Tandem.Device.Collaboration;
using Tandem.Protocol.Collaboration;

namespace Tandem.Simulation;

/// <summary>
/// Fits <see cref="GainWeights"/>: a ridge regression, over validation views, of NDCG@10 of a new list less that of the present one on
/// what the device saw. Signals are brought to a deviation of 1 for the fit.
/// </summary>
public static class GainFit
{
    private const double Ridge = 0.01;      // of the number of views
    private const double LeastDeviation = 1e-3; // of a signal that tells views apart

    /// <summary>Weights, and the gain that they expect of each view.</summary>
    /// <param name="signals">[N] of views with a list.</param>
    /// <param name="gains">[N].</param>
    /// <param name="scale">β of the signals.</param>
    public static (GainWeights Weights, double[] Expected) Fit(
        IReadOnlyList<RankingSignals> signals, IReadOnlyList<double> gains, double scale)
    {
        var rows = signals.Select(Values).ToArray();
        var (N, K) = (rows.Length, GainWeights.Signals);
        var (mean, deviation) = (new double[K], new double[K]);
        for (var k = 0; k < K; k++)
        {
            mean[k] = rows.Average(row => row[k]);
            deviation[k] = Math.Sqrt(rows.Average(row => (row[k] - mean[k]) * (row[k] - mean[k])));
        }

        var x = Matrix<double>.Build.Dense(N, K, (i, k) => deviation[k] > LeastDeviation ? (rows[i][k] - mean[k]) / deviation[k] : 0);
        var average = gains.Average();
        var y = Vector<double>.Build.Dense(N, i => gains[i] - average);
        var normal = x.TransposeThisAndMultiply(x) + Matrix<double>.Build.DenseIdentity(K) * (Ridge * N);
        var w = normal.Cholesky().Solve(x.TransposeThisAndMultiply(y));
        double[] weights = [.. Enumerable.Range(0, K).Select(k => deviation[k] > LeastDeviation ? w[k] / deviation[k] : 0)];
        var fitted = new GainWeights
        {
            Intercept = average - weights.Zip(mean, (a, b) => a * b).Sum(),
            Weights = weights,
            DeviceScale = scale,
            Threshold = 0,
        };
        var policy = new ExpectedGainPolicy(fitted);
        return (fitted, [.. signals.Select(s => policy.Gain(s))]);
    }

    private static double[] Values(RankingSignals signals)
    {
        var values = new double[GainWeights.Signals];
        signals.CopyTo(values);
        return [.. values.Select(value => Math.Clamp(value, -GainWeights.MostSignal, GainWeights.MostSignal))];
    }
}
