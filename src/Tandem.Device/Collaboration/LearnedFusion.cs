using Tandem.Protocol.Collaboration;

namespace Tandem.Device.Collaboration;

/// <summary>
/// The joined score that <see cref="FusionWeights"/> describe, with weights for the age of the list: a cloud that has not seen the latest
/// events has less of a say, and what the device has learned of the user since corrects it.
/// </summary>
/// <remarks>
/// Fitted as a softmax over the candidates, so differences of scores are differences of log-probabilities. Without a list the device's
/// order is kept, and where the device can score nothing the cloud's. A listed item that the device cannot score has its least score.
/// </remarks>
public sealed class LearnedFusion : IFusionRule
{
    private const int MostSteps = 4_096;

    private readonly Step[] _byAge; // from age 0 to the last that was fitted

    /// <param name="weights">For rising ages from 0 on; between two of them weights change in proportion.</param>
    /// <exception cref="ArgumentException">They have faults; the message lists them all.</exception>
    public LearnedFusion(IReadOnlyList<FusionWeights> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var rules = new CollaborationRules { OwnCandidates = 0, Fusion = weights };
        if (rules.Validate() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(weights));
        _byAge = new Step[Math.Min(weights[^1].Age, MostSteps) + 1];
        for (var age = 0; age < _byAge.Length; age++) _byAge[age] = At(weights, age);
    }

    /// <inheritdoc/>
    public void Fuse(in FusionCandidates candidates, Span<float> destination)
    {
        var cloud = candidates.Cloud;
        var device = candidates.Device;
        var before = candidates.Before;
        if (cloud.IsEmpty) return;
        var at = _byAge[Math.Clamp(candidates.ListAge, 0, _byAge.Length - 1)];
        var leastCloud = KnownScores.Range(cloud).Least;
        var (leastDevice, mostDevice) = KnownScores.Range(device);
        var mostBefore = before.IsEmpty ? 0 : KnownScores.Range(before).Greatest;
        var own = at.Device > 0 || HasAny(cloud) ? at.Device : 1; // without a list the device's order, whatever it weighs
        for (var i = 0; i < cloud.Length; i++)
        {
            var (isListed, isScored) = (!float.IsNaN(cloud[i]), !float.IsNaN(device[i]));
            if (!isListed && !isScored)
            {
                destination[i] = float.NaN;
                continue;
            }

            var score = own * ((isScored ? device[i] : leastDevice) - mostDevice);
            if (isListed) score += at.Cloud * (cloud[i] - leastCloud) + at.Listed;
            if (isListed && !before.IsEmpty && !float.IsNaN(before[i])) score += at.Before * (before[i] - mostBefore);
            destination[i] = score;
        }
    }

    private static bool HasAny(ReadOnlySpan<float> scores)
    {
        foreach (var score in scores)
            if (!float.IsNaN(score)) return true;
        return false;
    }

    private static Step At(IReadOnlyList<FusionWeights> weights, int age)
    {
        var next = 0;
        while (weights[next].Age < age && next < weights.Count - 1) next++;
        if (weights[next].Age <= age) return Step.Of(weights[next]);
        var (a, b) = (weights[next - 1], weights[next]);
        return Step.Between(Step.Of(a), Step.Of(b), (float)(age - a.Age) / (b.Age - a.Age));
    }

    /// <summary>The weights at one age.</summary>
    private readonly record struct Step(float Device, float Cloud, float Listed, float Before)
    {
        public static Step Of(FusionWeights weights) =>
            new((float)weights.Device, (float)weights.Cloud, (float)weights.Listed, (float)weights.Before);

        public static Step Between(Step a, Step b, float share) => new(
            float.Lerp(a.Device, b.Device, share), float.Lerp(a.Cloud, b.Cloud, share),
            float.Lerp(a.Listed, b.Listed, share), float.Lerp(a.Before, b.Before, share));
    }
}
