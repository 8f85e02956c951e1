using Tandem.Data.Metrics;

namespace Tandem.Learning.Runs;

/// <summary>Scores of sampled rankings, for areas under the ROC curve: of each user, and over all users' items together.</summary>
/// <param name="cases">Number of rankings.</param>
internal sealed class SampledScores(int cases)
{
    private readonly float[][] _scores = new float[cases][];    // the target first

    /// <summary>Keeps a ranking; cases may come from several threads.</summary>
    /// <param name="place">Of the case.</param>
    /// <param name="target">Item.</param>
    /// <param name="sample">Items that it is ranked among.</param>
    /// <param name="scores">[V + 1].</param>
    /// <returns>The user's own area, ties counted half; 0 where there is nothing to rank the target among.</returns>
    public double Add(int place, int target, int[] sample, ReadOnlySpan<float> scores)
    {
        var kept = new float[1 + sample.Length];
        kept[0] = scores[target];
        for (var i = 0; i < sample.Length; i++) kept[i + 1] = scores[sample[i]];
        _scores[place] = kept;
        return Area([kept]);
    }

    /// <summary>Over all users' items: scores have to compare across users, too.</summary>
    public double Area() => Area(_scores);

    private static double Area(float[][] rankings)
    {
        float[] scores = [.. rankings.SelectMany(ranking => ranking)];
        bool[] isTarget = [.. rankings.SelectMany(ranking => Enumerable.Range(0, ranking.Length).Select(i => i == 0))];
        return scores.Length == rankings.Length ? 0 : AreaUnderCurve.Of(scores, isTarget, TieRule.Half);
    }
}
