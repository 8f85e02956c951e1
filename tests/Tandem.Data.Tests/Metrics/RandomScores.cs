using CsCheck;
using Tandem.Data.Metrics;

namespace Tandem.Data.Tests.Metrics;

/// <summary>Few distinct scores, so that ties are common, some of them constant; one relevant and one other item at least.</summary>
internal static class RandomScores
{
    public static Gen<(float[] Scores, bool[] Relevant)> Cases { get; } =
        from levels in Gen.Int[1, 8]
        from items in Gen.Select(Gen.Int[0, 7], Gen.Bool).Array[2, 30]
        select (
            items.Select(item => (float)(item.Item1 % levels)).ToArray(),
            items.Select((item, i) => i == 0 || (i > 1 && item.Item2)).ToArray());

    /// <summary>Every pair of a relevant and another item, one by one.</summary>
    public static double ShareOfPairs(float[] scores, bool[] relevant, TieRule ties)
    {
        var (ordered, pairs) = (0.0, 0);
        for (var i = 0; i < scores.Length; i++)
        {
            for (var j = 0; j < scores.Length; j++)
            {
                if (!relevant[i] || relevant[j]) continue;
                pairs++;
                if (scores[i] > scores[j]) ordered++;
                else if (scores[i] == scores[j] && ties == TieRule.Half) ordered += 0.5;
            }
        }

        return ordered / pairs;
    }
}
