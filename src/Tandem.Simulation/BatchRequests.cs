using Tandem.Data;
using Tandem.Device.Collaboration;

namespace Tandem.Simulation;

/// <summary>
/// Requests as LSC4Rec's program decides on them: for 16 users at once, by the mean disagreement over their lists, in the order of the
/// users until the budget is spent.
/// </summary>
/// <remarks>
/// The program adds (4 + 0.3 Z)² with Z the invalid items on the lists of a batch, which for small budgets decides alone. No list has an
/// invalid item here, so that the sum is the same for all.
/// </remarks>
/// <param name="users">In the order of the data.</param>
/// <param name="disagreement">Of each user's lagging list.</param>
internal sealed class BatchRequests(IReadOnlyList<int> users, IReadOnlyList<double> disagreement)
{
    private const int Batch = 16;

    /// <summary>[batches] mean disagreement.</summary>
    public double[] Scores { get; } = [.. disagreement.Chunk(Batch).Select(batch => batch.Average())];

    /// <summary>The first batches at or above the threshold, so many that the rate is not exceeded.</summary>
    public CallRule ByDisagreement(double threshold, double rate) =>
        Of(Enumerable.Range(0, Scores.Length).Where(batch => Scores[batch] >= threshold).Take(Budget(rate)));

    /// <summary>As many batches by chance.</summary>
    public CallRule AtRandom(double rate, int seed)
    {
        int[] order = [.. Enumerable.Range(0, Scores.Length)];
        NamedSeed.Create(seed, "random batches").Shuffle(order);
        return Of(order.Take(Budget(rate)));
    }

    /// <summary>That which a share of the batches reaches.</summary>
    public double Threshold(double rate) =>
        Scores.OrderDescending().ElementAt(Math.Clamp((int)Math.Ceiling(rate * Scores.Length) - 1, 0, Scores.Length - 1));

    private int Budget(double rate) => (int)(rate * Scores.Length);

    private CallRule Of(IEnumerable<int> batches)
    {
        var asking = batches.SelectMany(batch => users.Skip(batch * Batch).Take(Batch)).ToHashSet();
        var (asks, once) = (new AlwaysAsk(), new AskOnce());
        return CallRule.Of(user => asking.Contains(user) ? asks : once);
    }
}
