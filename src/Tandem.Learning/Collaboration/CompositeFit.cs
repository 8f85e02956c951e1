using Tandem.Learning.Training;

namespace Tandem.Learning.Collaboration;

/// <summary>How members join, chosen on validation events by NDCG@10: one weight after the other, until none changes.</summary>
public sealed record CompositeFit
{
    private const int MostRounds = 8;
    private const double LeastGain = 1e-6;

    private static readonly double[] _coarse = [0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.4, 2, 3];
    private static readonly double[] _fine = [0, 0.7, 0.85, 0.93, 1.07, 1.18, 1.4];
    private static readonly double[] _steepness = [-20, -10, -5, -2, 2, 5, 10, 20];
    private static readonly double[] _quantiles = [0.1, 0.3, 0.5, 0.7, 0.9];

    /// <summary>
    /// The best of all that were tried, scaled so that a softmax over the joined scores makes the targets as likely as it can.
    /// </summary>
    public required CompositeWeights Weights { get; init; }

    /// <summary>NDCG@10 of the validation events with all members.</summary>
    public required double Validation { get; init; }

    /// <summary>The same with constant weights; equal to <see cref="Validation"/> where the weights are constant.</summary>
    public required double Constant { get; init; }

    /// <summary>Mean of −log p(target) in nats, over the union of the lists, of those events whose target is on one.</summary>
    public required double NegativeLogLikelihood { get; init; }

    /// <summary>What each member is worth.</summary>
    public required IReadOnlyList<MemberFit> Members { get; init; }

    /// <summary>Scores the events by every member, and chooses the weights.</summary>
    /// <param name="members">Have not learned the validation events; one at least.</param>
    /// <param name="cases">Validation events; one at least.</param>
    /// <param name="maskSeen">Whether items of the history are left out, as in the test.</param>
    /// <param name="listLength">Items of each member's list, from whose union the choice is made.</param>
    /// <param name="confident">Place of the member whose weight follows its confidence; null for constant weights.</param>
    /// <param name="report">Gets the events done and their number.</param>
    /// <exception cref="TrainingException">There is no validation event.</exception>
    public static CompositeFit Choose(
        IReadOnlyList<CompositeMember> members, RankedCases cases, bool maskSeen, int listLength = 50, int? confident = null,
        Action<int, int>? report = null)
    {
        if (cases.Count == 0)
            throw new TrainingException("there is no validation event to choose weights by; give longer histories, or one model alone");
        using var inner = TorchThreads.One(); // no figure depends on the number of threads
        return Choose(
            CompositeCases.Gather(members, cases, listLength, maskSeen, done => report?.Invoke(done, cases.Count)),
            [.. members.Select(member => member.Name)], confident);
    }

    private static CompositeFit Choose(CompositeCases cases, string[] names, int? confident)
    {
        var alone = Enumerable.Range(0, names.Length)
            .Select(g => cases.Ndcg(new() { Members = [.. names.Select((_, other) => other == g ? 1.0 : 0)] })).ToArray();
        var (weights, constant) = Constants(cases, alone);
        var joined = new CompositeWeights { Members = weights };
        var validation = constant;
        if (confident is { } member && Confident(cases, joined, member) is var (rule, ndcg) && ndcg > constant + LeastGain)
            (joined, validation) = (joined with { Confidence = rule }, ndcg);
        joined = Scaled(cases, joined);
        return new()
        {
            Weights = joined,
            Validation = validation,
            Constant = constant,
            NegativeLogLikelihood = cases.NegativeLogLikelihood(joined),
            Members = [.. names.Select((name, g) => new MemberFit(name, joined.Members[g], alone[g], Without(cases, joined, g)))],
        };
    }

    /// <summary>From the best member alone: the others over a coarse grid, then all over finer ones around what was found.</summary>
    private static (double[] Weights, double Ndcg) Constants(CompositeCases cases, double[] alone)
    {
        var order = Enumerable.Range(0, alone.Length).OrderByDescending(g => alone[g]).ToArray();
        var weights = new double[alone.Length];
        weights[order[0]] = 1;
        var best = alone[order[0]];
        for (var round = 0; round < MostRounds; round++)
        {
            var before = best;
            foreach (var g in order)
            {
                if (round < 2 && g == order[0]) continue; // the scale of all is free: the best one's is held until the others have theirs
                var kept = weights[g];
                foreach (var tried in round < 2 ? _coarse : [.. _fine.Select(factor => factor * kept)])
                {
                    var other = weights.ToArray();
                    other[g] = tried;
                    if (!other.Any(weight => weight > 0) || cases.Ndcg(new() { Members = other }) is var ndcg && ndcg <= best + LeastGain)
                        continue;
                    (best, weights) = (ndcg, other);
                }
            }

            if (round >= 2 && best <= before + LeastGain) break;
        }

        return (weights, best);
    }

    private static (ConfidenceRule Rule, double Ndcg) Confident(CompositeCases cases, CompositeWeights weights, int member)
    {
        var peaks = cases.Peaks(member);
        Array.Sort(peaks);
        return _quantiles.Select(quantile => peaks[(int)(quantile * (peaks.Length - 1))]).Distinct()
            .SelectMany(threshold => _steepness.Select(steepness => new ConfidenceRule(member, steepness, threshold)))
            .Select(rule => (rule, cases.Ndcg(weights with { Confidence = rule })))
            .MaxBy(tried => tried.Item2);
    }

    /// <summary>All weights times one factor, found by golden-section search over its logarithm; no order of items changes.</summary>
    private static CompositeWeights Scaled(CompositeCases cases, CompositeWeights weights)
    {
        var (golden, low, high) = ((Math.Sqrt(5) - 1) / 2, Math.Log(0.02), Math.Log(50));
        while (high - low > 0.01)
        {
            var step = golden * (high - low);
            if (Loss(high - step) <= Loss(low + step)) high = low + step;
            else low = high - step;
        }

        return Times(Math.Exp((low + high) / 2));

        double Loss(double logarithm) => cases.NegativeLogLikelihood(Times(Math.Exp(logarithm)));

        CompositeWeights Times(double factor) => weights with { Members = [.. weights.Members.Select(weight => factor * weight)] };
    }

    private static double? Without(CompositeCases cases, CompositeWeights weights, int member)
    {
        var rest = weights with
        {
            Members = [.. weights.Members.Select((weight, g) => g == member ? 0 : weight)],
            Confidence = weights.Confidence?.Member == member ? null : weights.Confidence,
        };
        return rest.Members.Any(weight => weight > 0) ? cases.Ndcg(rest) : null;
    }
}

/// <summary>A member of a composite.</summary>
/// <param name="Name">As the composite calls it.</param>
/// <param name="Weight">Chosen; 0 where it does not help.</param>
/// <param name="Alone">NDCG@10 of the validation events by its scores alone.</param>
/// <param name="Without">The same by all others, under the weights that were chosen with it; null where none of them counts.</param>
public sealed record MemberFit(string Name, double Weight, double Alone, double? Without);
