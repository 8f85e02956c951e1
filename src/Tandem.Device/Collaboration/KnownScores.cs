using System.Numerics.Tensors;

namespace Tandem.Device.Collaboration;

/// <summary>The scores of one source, of which some may be NaN: unknown.</summary>
internal static class KnownScores
{
    /// <summary>The least and the greatest known score; 0 and 0 where none is known.</summary>
    /// <param name="scores">[N], not empty.</param>
    public static (float Least, float Greatest) Range(ReadOnlySpan<float> scores)
    {
        var least = TensorPrimitives.Min(scores); // NaN where any is
        return float.IsNaN(least) ? RangeAmongUnknown(scores) : (least, TensorPrimitives.Max(scores));
    }

    /// <summary>A score, or what stands for an unknown one.</summary>
    public static float Or(this float score, float unknown) => float.IsNaN(score) ? unknown : score;

    private static (float Least, float Greatest) RangeAmongUnknown(ReadOnlySpan<float> scores)
    {
        var (least, greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var score in scores)
        {
            if (score < least) least = score;
            if (score > greatest) greatest = score;
        }

        return least <= greatest ? (least, greatest) : (0, 0);
    }
}
