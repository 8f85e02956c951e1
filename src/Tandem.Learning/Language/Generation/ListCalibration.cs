namespace Tandem.Learning.Language.Generation;

/// <summary>
/// What a listed item's log-probability is worth: ln σ(a ln p + b), the chance that the item is the next one as it was seen on validation
/// events (Platt 1999, on a logarithm). It rises with ln p, so that it reorders nothing.
/// </summary>
/// <param name="Slope">a, above 0: one over a temperature.</param>
/// <param name="Intercept">b.</param>
public sealed record ListCalibration(double Slope, double Intercept)
{
    private const int MostSteps = 100;
    private const double Enough = 1e-9; // of a step's length

    /// <summary>ln of the chance.</summary>
    /// <param name="logProbability">As the model has it.</param>
    public float Of(float logProbability) => (float)LogSigmoid(Slope * logProbability + Intercept);

    /// <summary>
    /// The most likely a and b. Null where they mean nothing: every item was right, or none, or the righter the less likely.
    /// </summary>
    /// <param name="logProbabilities">Of listed items.</param>
    /// <param name="right">For each whether it was the next one.</param>
    /// <exception cref="ArgumentException">There are more of one than of the other.</exception>
    public static ListCalibration? Fit(IReadOnlyList<float> logProbabilities, IReadOnlyList<bool> right)
    {
        if (logProbabilities.Count != right.Count)
            throw new ArgumentException($"{logProbabilities.Count} items, {right.Count} answers", nameof(right));
        var hits = right.Count(hit => hit);
        if (hits == 0 || hits == right.Count) return null;
        var mean = logProbabilities.Average(x => (double)x); // around which a and b hardly move together
        var xs = logProbabilities.Select(x => x - mean).ToArray();
        var (a, b) = (0.0, Math.Log(hits / (double)(right.Count - hits)));
        for (var step = 0; step < MostSteps; step++)
        {
            var (da, db) = NewtonStep(xs, right, a, b);
            var (likelihood, share) = (LogLikelihood(xs, right, a, b), 1.0);
            while (LogLikelihood(xs, right, a + share * da, b + share * db) < likelihood && share > Enough) share /= 2;
            (a, b) = (a + share * da, b + share * db);
            if (share * (Math.Abs(da) + Math.Abs(db)) < Enough) break;
        }

        return a > 0 && double.IsFinite(a) && double.IsFinite(b) ? new(a, b - a * mean) : null;
    }

    /// <summary>H⁻¹ g, of the log-likelihood.</summary>
    private static (double A, double B) NewtonStep(double[] xs, IReadOnlyList<bool> right, double a, double b)
    {
        double ga = 0, gb = 0, haa = 0, hab = 0, hbb = 0;
        for (var i = 0; i < xs.Length; i++)
        {
            var p = Math.Exp(LogSigmoid(a * xs[i] + b));
            var (miss, weight) = ((right[i] ? 1 : 0) - p, p * (1 - p));
            (ga, gb) = (ga + miss * xs[i], gb + miss);
            (haa, hab, hbb) = (haa + weight * xs[i] * xs[i], hab + weight * xs[i], hbb + weight);
        }

        var determinant = haa * hbb - hab * hab;
        return determinant > 0 ? ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant) : (0, 0);
    }

    private static double LogLikelihood(double[] xs, IReadOnlyList<bool> right, double a, double b)
    {
        var sum = 0.0;
        for (var i = 0; i < xs.Length; i++) sum += LogSigmoid(right[i] ? a * xs[i] + b : -(a * xs[i] + b));
        return sum;
    }

    private static double LogSigmoid(double z) => Math.Min(z, 0) - Math.Log(1 + Math.Exp(-Math.Abs(z)));
}
