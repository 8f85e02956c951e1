using Tandem.Learning.Training;

namespace Tandem.Learning.Tests.Training;

/// <summary>Algorithm 2 of arXiv 1711.05101 in double precision, one weight at a time.</summary>
internal sealed class AdamWOracle(AdamWOptions options, int length)
{
    private readonly double[] _m = new double[length];
    private readonly double[] _v = new double[length];
    private int _step;

    public void Step(double[] w, float[] g)
    {
        _step++;
        var warm = options.WarmupSteps > 0 ? Math.Min(1, (double)_step / options.WarmupSteps) : 1;
        for (var i = 0; i < w.Length; i++)
        {
            _m[i] = options.Beta1 * _m[i] + (1 - options.Beta1) * g[i];
            _v[i] = options.Beta2 * _v[i] + (1 - options.Beta2) * g[i] * g[i];
            var mean = _m[i] / (1 - Math.Pow(options.Beta1, _step));
            var square = _v[i] / (1 - Math.Pow(options.Beta2, _step));
            w[i] -= warm * options.LearningRate * options.WeightDecay * w[i];
            w[i] -= warm * options.LearningRate * mean / (Math.Sqrt(square) + options.Epsilon);
        }
    }
}
