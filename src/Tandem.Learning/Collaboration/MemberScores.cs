using System.Numerics.Tensors;

namespace Tandem.Learning.Collaboration;

/// <summary>Scores of unlike models on scales on which they can be added.</summary>
internal static class MemberScores
{
    /// <summary>How far below the lowest score of what a model proposes an item counts that it does not propose, in nats.</summary>
    private const float Unlisted = 1;

    /// <summary>
    /// Scores become log-probabilities over the catalogue, or standard scores. Items without a score are set below all others; where no
    /// item has one, or all are equal, nothing is known and all become 0.
    /// </summary>
    /// <param name="scores">[V] of the items 1 … V.</param>
    /// <param name="logProbabilities">See <see cref="CompositeMember.HasLogProbabilities"/>.</param>
    /// <returns>The highest probability of an item; 0 for standard scores.</returns>
    public static float Align(Span<float> scores, bool logProbabilities)
    {
        FillMissing(scores);
        var (least, most) = (TensorPrimitives.Min<float>(scores), TensorPrimitives.Max<float>(scores));
        if (least == most)
        {
            scores.Clear();
            return logProbabilities ? 1f / scores.Length : 0;
        }

        return logProbabilities ? Normalize(scores, most) : Standardize(scores);
    }

    private static float Normalize(Span<float> scores, float most)
    {
        var sum = 0.0;
        foreach (var score in scores) sum += Math.Exp(score - most);
        TensorPrimitives.Subtract(scores, (float)(most + Math.Log(sum)), scores);
        return (float)(1 / sum);
    }

    private static float Standardize(Span<float> scores)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var score in scores) sum += score;
        var mean = sum / scores.Length;
        foreach (var score in scores) squares += (score - mean) * (score - mean);
        var factor = 1 / Math.Sqrt(squares / scores.Length);
        for (var i = 0; i < scores.Length; i++) scores[i] = (float)((scores[i] - mean) * factor);
        return 0;
    }

    private static void FillMissing(Span<float> scores)
    {
        if (!scores.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) return;
        var least = float.PositiveInfinity;
        foreach (var score in scores)
            if (float.IsFinite(score)) least = Math.Min(least, score);
        var floor = float.IsFinite(least) ? least - Unlisted : 0;
        for (var i = 0; i < scores.Length; i++)
            if (!float.IsFinite(scores[i])) scores[i] = floor;
    }
}
