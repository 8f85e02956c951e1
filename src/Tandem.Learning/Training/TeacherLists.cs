using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tandem.Data;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// The best items of a teacher's ranking, at each place: Σ_r w_r ( −log( e^{s_r} / (e^{s_r} + Σ e^{s⁻ − log n q⁻}) ) ),
/// w_r ∝ e^(−r/τ) over the ranks r = 0 … K − 1 (the weight of DLLM2Rec, arXiv 2405.00338, and of RRD, arXiv 2012.04357). Each item of a
/// list is one more target of the sampled softmax, over the negatives of the step: the cross-entropy of w and the student's softmax over
/// the catalogue, estimated.
/// </summary>
public sealed class TeacherLists : TeacherKnowledge
{
    private const double Least = 1e-30;

    private readonly int[] _items; // [P, K], best first; 0 behind a shorter list

    /// <param name="options">How they are learned.</param>
    /// <param name="sequences">What the student learns.</param>
    /// <param name="lists">[P][0 … K] the best items, best first: sequence by sequence, after each event but the last.</param>
    /// <exception cref="ArgumentException">The options have faults, or there are too many or too few lists or items.</exception>
    public TeacherLists(DistillationOptions options, TrainingSequences sequences, IReadOnlyList<IReadOnlyList<int>> lists)
        : base(options, new(sequences))
    {
        ArgumentNullException.ThrowIfNull(lists);
        if (lists.Count != Places.Count)
            throw new ArgumentException($"{lists.Count} lists for {Places.Count} places of the sequences", nameof(lists));
        _items = new int[(long)lists.Count * options.Lists];
        for (var place = 0; place < lists.Count; place++)
        {
            if (lists[place].Count > options.Lists || lists[place].Any(item => item < 1 || item > sequences.Items))
            {
                throw new ArgumentException(
                    $"list {place} has {lists[place].Count} items, or one that is none; expected at most {options.Lists} of 1 to "
                    + $"{sequences.Items}", nameof(lists));
            }

            for (var rank = 0; rank < lists[place].Count; rank++) _items[place * options.Lists + rank] = lists[place][rank];
        }

        Hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(_items.AsSpan())))[..16];
    }

    /// <inheritdoc/>
    public override string Hash { get; }

    /// <summary>[K] the list of a place; 0 behind a shorter one.</summary>
    internal ReadOnlySpan<int> this[int place] => _items.AsSpan(place * Options.Lists, Options.Lists);

    internal override Tensor Loss(CandidateStep step)
    {
        using var scope = NewDisposeScope();
        var (N, K, device) = (step.Targets, Options.Lists, step.States.device);
        var (ids, weights, shares) = Listed(step);
        var scores = step.Model.Rows(ids).view(N, K, -1).matmul(step.States.unsqueeze(2)).squeeze(2);        // [N, K] s_r
        var others = step.States.matmul(step.Rows.narrow(0, N, step.LogExpected.Length).t())                  // [N, n]
            - tensor(step.LogExpected, device: device);
        var most = cat([scores, others], dim: 1).detach().amax([1], keepdim: true);                           // [N, 1]
        var sum = (others - most).exp().sum(dim: 1, keepdim: true);
        // A listed item among the negatives is in the sum already: its share there is taken out again.
        var all = ((scores - most).exp() * tensor(shares, N, K, device: device)).Plus(sum).Within(Least, float.MaxValue);
        var losses = all.log().Plus(most) - scores;
        return (losses * tensor(weights, N, K, device: device)).sum().DividedBy(N).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// [N × K] items, w_r of each, and what its own e^s counts in its denominator: 1 less what it has among the negatives.
    /// </summary>
    private (long[] Ids, float[] Weights, float[] Shares) Listed(CandidateStep step)
    {
        var (places, K) = (Places.Of(step.Batch, step.Real), Options.Lists);
        var drawn = Drawn(step);
        var (ids, weights, shares) = (new long[places.Length * K], new float[places.Length * K], new float[places.Length * K]);
        var decay = Enumerable.Range(0, K).Select(rank => Math.Exp(-rank / Options.EffectiveTemperature)).ToArray();
        for (var n = 0; n < places.Length; n++)
        {
            var list = this[(int)places[n]];
            var length = list.IndexOf(0) is >= 0 and var end ? end : K;
            var total = decay.AsSpan(0, length).ToArray().Sum();
            for (var rank = 0; rank < K; rank++)
            {
                ids[n * K + rank] = list[rank];
                weights[n * K + rank] = rank < length ? (float)(decay[rank] / total) : 0;
                shares[n * K + rank] = (float)(1 - drawn.GetValueOrDefault(list[rank]));
            }
        }

        return (ids, weights, shares);
    }

    /// <summary>Σ 1 / (n q) over the negatives that are an item, by item.</summary>
    private static Dictionary<long, double> Drawn(CandidateStep step)
    {
        var drawn = new Dictionary<long, double>();
        for (var j = 0; j < step.Negatives.Length; j++)
            drawn[step.Negatives[j]] = drawn.GetValueOrDefault(step.Negatives[j]) + Math.Exp(-step.LogExpected[j]);
        return drawn;
    }
}
