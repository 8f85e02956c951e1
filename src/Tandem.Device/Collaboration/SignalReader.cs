using System.Numerics.Tensors;
using Tandem.Device.Kernels;

namespace Tandem.Device.Collaboration;

/// <summary>Reads <see cref="RankingSignals"/> from the scores of one ranking. Its scratch grows with the candidates and is kept.</summary>
internal sealed class SignalReader
{
    private float[] _scratch = [];

    /// <param name="candidates">[N], the list's first.</param>
    /// <param name="fused">[N] joined scores.</param>
    /// <param name="listed">L, how many are on the list; at least 1.</param>
    /// <param name="scale">β.</param>
    /// <param name="inconsistency">Of the list.</param>
    public RankingSignals Read(
        in FusionCandidates candidates, ReadOnlySpan<float> fused, int listed, float scale, double inconsistency)
    {
        var N = candidates.Count;
        if (_scratch.Length < 4 * N) _scratch = new float[4 * N];
        var device = _scratch.AsSpan(0, N);
        var joined = _scratch.AsSpan(N, N);
        var now = _scratch.AsSpan(2 * N, listed);
        var before = _scratch.AsSpan(3 * N, listed);
        var z = _scratch.AsSpan(2 * N, N);
        FillUnknown(candidates.Device, z);
        var lead = scale * (TensorPrimitives.Max<float>(z[..listed]) - TensorPrimitives.Max<float>(z));
        Softmax.Apply(z, device, scale);
        var deviceEntropy = Entropy(device, z, scale);
        FillUnknown(fused, z);
        Softmax.Apply(z, joined);
        var (deviceTop, deviceExpected, unlisted) = Best(device, listed);
        var (fusedTop, fusedExpected, _) = Best(joined, listed);
        var cloud = candidates.Cloud[..listed];
        return new()
        {
            Inconsistency = inconsistency,
            UnlistedBest = unlisted,
            ListedShare = TensorPrimitives.Sum<float>(device[..listed]),
            ListedLead = lead,
            Drift = candidates.Before.IsEmpty ? 0 : Distance(candidates, listed, scale, now, before),
            FusedTop = fusedTop,
            FusedEntropy = Entropy(joined, z, scale: 1),
            FusedExpected = fusedExpected,
            FusedListed = TensorPrimitives.Sum<float>(joined[..listed]),
            DeviceTop = deviceTop,
            DeviceExpected = deviceExpected,
            DeviceEntropy = deviceEntropy,
            CloudSpread = TensorPrimitives.Max(cloud) - TensorPrimitives.Min(cloud),
            LogAge = Math.Log(1 + candidates.ListAge),
        };
    }

    /// <summary>Copies scores; one that is not known becomes the least.</summary>
    private static void FillUnknown(ReadOnlySpan<float> scores, Span<float> destination)
    {
        var least = KnownScores.Range(scores).Least;
        for (var i = 0; i < scores.Length; i++) destination[i] = scores[i].Or(least);
    }

    /// <summary>Of shares: the greatest, what their order expects of NDCG@10, and the share of the ten best that is not listed.</summary>
    private static (double Top, double Expected, double Unlisted) Best(ReadOnlySpan<float> shares, int listed)
    {
        Span<int> places = stackalloc int[RankingSignals.Depth];
        Span<float> values = stackalloc float[RankingSignals.Depth];
        var best = new TopK(places, values);
        for (var i = best.NextEntering(shares, 0); i < shares.Length; i = best.NextEntering(shares, i + 1)) best.Add(i, shares[i]);
        best.Sort();
        var (expected, unlisted) = (0.0, 0.0);
        for (var rank = 0; rank < best.Count; rank++)
        {
            expected += values[rank] / Math.Log2(rank + 2);
            if (places[rank] >= listed) unlisted += values[rank];
        }

        return (values[0], expected, unlisted);
    }

    /// <summary>−Σ p ln p of p = softmax(s z): ln p = s (z − greatest z) + ln of the greatest p, so one product tells it.</summary>
    private static double Entropy(ReadOnlySpan<float> shares, ReadOnlySpan<float> scores, float scale)
    {
        var expected = TensorPrimitives.Dot(shares, scores);
        var surest = -Math.Log(TensorPrimitives.Max(shares));
        return Math.Max(0, surest + scale * (TensorPrimitives.Max(scores) - (double)expected));
    }

    /// <summary>Total variation between the device's view of the list when it came and now.</summary>
    private static double Distance(in FusionCandidates candidates, int listed, float scale, Span<float> now, Span<float> before)
    {
        FillUnknown(candidates.Before[..listed], before);
        Softmax.Apply(before, before, scale);
        FillUnknown(candidates.Device[..listed], now);
        Softmax.Apply(now, now, scale);
        var sum = 0.0;
        for (var i = 0; i < listed; i++) sum += Math.Abs(now[i] - before[i]);
        return sum / 2;
    }
}
