namespace Tandem.Simulation.Tests;

public class BatchRequestsTests
{
    private const int Users = 16 * 10 + 4;

    private readonly int[] _users = [.. Enumerable.Range(0, Users).Select(i => 3 * i)];

    [Fact]
    public void Sixteen_users_ask_together_in_the_order_of_the_data_until_the_budget_is_spent()
    {
        // Batch b disagrees by b on average, whatever its users do by themselves; the last has four users.
        var requests = new BatchRequests(_users, [.. Enumerable.Range(0, Users).Select(i => i / 16 + (i % 2 == 0 ? 0.5 : -0.5))]);
        Assert.Equal(Enumerable.Range(0, 11).Select(b => (double)b), requests.Scores);
        Assert.Equal([3, 4], Asking(requests.ByDisagreement(threshold: 3, rate: 0.2)));
        Assert.Equal([9, 10], Asking(requests.ByDisagreement(threshold: 9, rate: 0.9)));
        Assert.Empty(Asking(requests.ByDisagreement(threshold: 0, rate: 0.05)));
        Assert.Equal(8, requests.Threshold(0.2));
    }

    [Fact]
    public void Batches_by_chance_are_as_many_and_follow_the_seed()
    {
        var requests = new BatchRequests(_users, new double[Users]);
        Assert.Equal(5, Asking(requests.AtRandom(0.5, seed: 1)).Length);
        Assert.Equal(Asking(requests.AtRandom(0.5, seed: 1)), Asking(requests.AtRandom(0.5, seed: 1)));
        Assert.NotEqual(Asking(requests.AtRandom(0.5, seed: 1)), Asking(requests.AtRandom(0.5, seed: 2)));
    }

    /// <summary>The batches all of whose users ask; no batch is divided.</summary>
    private int[] Asking(CallRule rule)
    {
        var asks = _users.Select(user => rule.PolicyOf(user) is Device.Collaboration.AlwaysAsk).ToArray();
        Assert.All(asks.Chunk(16), batch => Assert.Single(batch.Distinct()));
        return [.. asks.Chunk(16).Index().Where(batch => batch.Item[0]).Select(batch => batch.Index)];
    }
}
