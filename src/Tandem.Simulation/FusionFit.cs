using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Tandem.Data.Metrics;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Protocol.Collaboration;

namespace Tandem.Simulation;

/// <summary>
/// Fits <see cref="FusionWeights"/>: those that make the targets of validation likeliest among their candidates, p(target) = softmax(w ·
/// x). Concave, so Newton's method with steps that never lose likelihood finds them. A side that would speak against its own scores gets 0.
/// </summary>
public static class FusionFit
{
    private const int Features = 4;
    private const int MostSteps = 50;
    private const double Ridge = 1e-6;  // of the curvature: features that never differ have no weight
    private const double LeastGain = 1e-9;
    private const double MostWeight = 100;
    private const int Depth = 10;
    private const double FirstOfAll = 1_000;    // log-odds: more than any score
    private const double Clear = 1.96;  // standard errors that an interval of 95 % reaches to each side

    /// <summary>
    /// Weights for lists of one age. Where they rank no better than one side alone does, by NDCG@10 and with an interval clear of 0,
    /// that side has all the say.
    /// </summary>
    /// <param name="age">Events observed since the lists were made.</param>
    /// <param name="turns">With candidates.</param>
    public static FusionWeights Choose(int age, IReadOnlyList<Turn> turns)
    {
        var both = Fit(age, turns);
        var gains = Gains(both, turns);
        FusionWeights[] sides =
        [
            new() { Age = age, Device = 0, Cloud = 1, Listed = 1, Before = 0 },
            new() { Age = age, Device = 1, Cloud = 0, Listed = 0, Before = 0 },
        ];
        var (side, alone) = sides.Select(side => (side, Gains(side, turns))).MaxBy(of => of.Item2.Sum());
        double[] differences = [.. gains.Zip(alone, (a, b) => a - b)];
        var mean = differences.Average();
        var variance = differences.Sum(difference => (difference - mean) * (difference - mean)) / Math.Max(1, differences.Length - 1);
        return mean > Clear * Math.Sqrt(variance / differences.Length) ? both : side;
    }

    /// <summary>The same from the list's items alone, which then stand before all others.</summary>
    /// <param name="age">Events observed since the lists were made.</param>
    /// <param name="turns">With candidates.</param>
    public static FusionWeights ChooseListFirst(int age, IReadOnlyList<Turn> turns)
    {
        Turn[] listed = [.. turns.Select(turn => turn with { Candidates = turn.Candidates is null ? null : Listed(turn.Candidates) })];
        return Choose(age, listed) with { Listed = FirstOfAll };
    }

    /// <summary>The likeliest weights for lists of one age.</summary>
    /// <param name="age">Events observed since the lists were made.</param>
    /// <param name="turns">With candidates. Targets that are no candidate say nothing and are left out.</param>
    public static FusionWeights Fit(int age, IReadOnlyList<Turn> turns)
    {
        Case[] cases = [.. turns.Where(turn => turn.Candidates is not null).Select(Case.Of).Where(c => c.Target >= 0)];
        var isFree = new[] { true, true, true, true };
        while (true)
        {
            var w = Likeliest(cases, isFree);
            if (w[0] < 0) isFree[0] = false;
            else if (w[1] < 0) isFree[1] = false;
            else return Weights(age, w, cases.Length > 0);
        }
    }

    /// <summary>[turns] NDCG@10 of each by the weights.</summary>
    private static double[] Gains(FusionWeights weights, IReadOnlyList<Turn> turns)
    {
        var rule = new LearnedFusion([weights with { Age = 0 }]);
        return [.. turns.Select(turn =>
        {
            if (turn.Candidates is not { } all || Array.IndexOf(all.Items, turn.Target) is not (>= 0 and var target)) return 0;
            var fused = new float[all.Items.Length];
            rule.Fuse(new(all.Cloud, all.Device, all.Before, listAge: 0), fused);
            var before = fused.Where((score, place) => score > fused[target] || (score == fused[target] && place < target)).Count();
            return RankingMetrics.Gain(before + 1, Depth);
        })];
    }

    private static CandidateScores Listed(CandidateScores all)
    {
        int[] places = [.. Enumerable.Range(0, all.Items.Length).Where(i => !float.IsNaN(all.Cloud[i]))];
        return new(Pick(all.Items), Pick(all.Cloud), Pick(all.Device), Pick(all.Before), all.ListAge);

        T[] Pick<T>(T[] values) => Array.ConvertAll(places, place => values[place]);
    }

    private static FusionWeights Weights(int age, double[] w, bool isKnown) => new()
    {
        Age = age,
        // Where nothing can be learned, or neither side helps, the device goes by its own scores.
        Device = !isKnown || (w[0] == 0 && w[1] == 0) ? 1 : Math.Min(w[0], MostWeight),
        Cloud = Math.Min(w[1], MostWeight),
        Listed = Math.Clamp(w[2], -MostWeight, MostWeight),
        Before = Math.Clamp(w[3], -MostWeight, MostWeight),
    };

    private static double[] Likeliest(Case[] cases, bool[] isFree)
    {
        var w = new double[Features];
        if (cases.Length == 0) return w;
        var likelihood = cases.Sum(c => c.LogLikelihood(w));
        for (var step = 0; step < MostSteps; step++)
        {
            var direction = Newton(cases, w, isFree);
            var (next, reached) = (w, likelihood);
            for (var share = 1.0; share > 1e-9; share /= 2)
            {
                next = [.. w.Zip(direction, (a, b) => a + share * b)];
                reached = cases.Sum(c => c.LogLikelihood(next));
                if (reached > likelihood) break;
            }

            if (!(reached > likelihood)) break;
            var gain = reached - likelihood;
            (w, likelihood) = (next, reached);
            if (gain < LeastGain * Math.Abs(likelihood)) break;
        }

        return w;
    }

    private static double[] Newton(Case[] cases, double[] w, bool[] isFree)
    {
        var (gradient, curvature) = (new double[Features], new double[Features, Features]);
        foreach (var c in cases) c.AddTo(gradient, curvature, w);
        for (var k = 0; k < Features; k++)
        {
            curvature[k, k] += Ridge * cases.Length;
            if (isFree[k]) continue;
            gradient[k] = 0;
            for (var l = 0; l < Features; l++) curvature[k, l] = curvature[l, k] = k == l ? 1 : 0;
        }

        return [.. DenseMatrix.OfArray(curvature).Cholesky().Solve(Vector<double>.Build.Dense(gradient))];
    }

    /// <summary>One view: [N, 4] features of its candidates, and the place of the target; −1 where it is none of them.</summary>
    private sealed class Case(double[] x, int target)
    {
        private readonly double[] _scores = new double[x.Length / Features];

        public int Target => target;

        /// <summary>z − greatest z, and of listed items c − least c, 1 and z' − greatest z'.</summary>
        public static Case Of(Turn turn)
        {
            var candidates = turn.Candidates!;
            var (greatest, least, before) = (Known(candidates.Device).Max(), Known(candidates.Cloud).Min(), Known(candidates.Before).Max());
            var x = new double[candidates.Items.Length * Features];
            for (var i = 0; i < candidates.Items.Length; i++)
            {
                var row = x.AsSpan(i * Features, Features);
                var device = float.IsNaN(candidates.Device[i]) ? Known(candidates.Device).Min() : candidates.Device[i];
                row[0] = device - greatest;
                if (float.IsNaN(candidates.Cloud[i])) continue;
                (row[1], row[2]) = (candidates.Cloud[i] - least, 1);
                if (!float.IsNaN(candidates.Before[i])) row[3] = candidates.Before[i] - before;
            }

            return new(x, Array.IndexOf(candidates.Items, turn.Target));
        }

        public double LogLikelihood(double[] w)
        {
            var total = Score(w);
            return _scores[target] - total;
        }

        public void AddTo(double[] gradient, double[,] curvature, double[] w)
        {
            var total = Score(w);
            Span<double> mean = stackalloc double[Features];
            mean.Clear();
            for (var i = 0; i < _scores.Length; i++)
            {
                var p = Math.Exp(_scores[i] - total);
                var row = x.AsSpan(i * Features, Features);
                for (var k = 0; k < Features; k++)
                {
                    mean[k] += p * row[k];
                    for (var l = 0; l < Features; l++) curvature[k, l] += p * row[k] * row[l];
                }
            }

            for (var k = 0; k < Features; k++)
            {
                gradient[k] += x[target * Features + k] - mean[k];
                for (var l = 0; l < Features; l++) curvature[k, l] -= mean[k] * mean[l];
            }
        }

        private static IEnumerable<float> Known(float[] scores) => scores.Where(score => !float.IsNaN(score)).DefaultIfEmpty();

        /// <summary>Writes w · x; returns the logarithm of the sum of their powers of e.</summary>
        private double Score(double[] w)
        {
            var greatest = double.NegativeInfinity;
            for (var i = 0; i < _scores.Length; i++)
            {
                var row = x.AsSpan(i * Features, Features);
                _scores[i] = w[0] * row[0] + w[1] * row[1] + w[2] * row[2] + w[3] * row[3];
                greatest = Math.Max(greatest, _scores[i]);
            }

            var sum = 0.0;
            foreach (var score in _scores) sum += Math.Exp(score - greatest);
            return greatest + Math.Log(sum);
        }
    }
}
