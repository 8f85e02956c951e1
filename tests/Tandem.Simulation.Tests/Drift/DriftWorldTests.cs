using Tandem.Simulation.Drift;

namespace Tandem.Simulation.Tests.Drift;

public class DriftWorldTests
{
    private const int Events = 20;

    /// <summary>Without noise and with tastes so small that two seldom share anything, each event tells its taste.</summary>
    private static readonly DriftWorldOptions _plain = new()
    {
        Seed = 1,
        Users = 200,
        TestUsers = 200,
        Items = 5_000,
        Tastes = 10,
        TasteItems = 5,
        Noise = 0,
    };

    [Fact]
    public void Test_users_switch_where_it_says_and_nowhere_else()
    {
        var world = new DriftWorld(_plain);
        foreach (var history in world.Switching(switchAt: 7, Events))
        {
            var tastes = Array.ConvertAll(history, item => Taste(world, item));
            Assert.Single(tastes[..7].Distinct());
            Assert.Single(tastes[7..].Distinct());
            Assert.NotEqual(tastes[6], tastes[7]);
        }

        foreach (var (stays, switches) in world.Switching(Events, Events).Zip(world.Switching(switchAt: 7, Events)))
        {
            Assert.Single(stays.Select(item => Taste(world, item)).Distinct());
            Assert.Equal(switches[..7], stays[..7]);
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 70, 130)]
    [InlineData(1, 200, 200)]
    public void As_many_training_users_switch_as_are_to(double share, int least, int most)
    {
        var options = _plain with { SwitchingShare = share };
        var world = new DriftWorld(options);
        Assert.Equal(50, world.Tastes.SelectMany(taste => taste).Distinct().Count()); // of this seed: no item is in two tastes
        var training = world.Training(Events);
        var switches = Enumerable.Range(0, training.Users)
            .Select(user => training.Sequence(user).ToArray().Select(item => Taste(world, item)).ToArray())
            .Select(tastes => tastes.Zip(tastes.Skip(1)).Count(pair => pair.First != pair.Second)).ToArray();
        Assert.InRange(switches.Sum(), least, most);
        Assert.InRange(switches.Max(), 0, 1);
    }

    [Fact]
    public void A_world_repeats_with_its_seed_alone()
    {
        var options = new DriftWorldOptions { Seed = 3, Users = 20, TestUsers = 5 };
        Assert.Equal(new DriftWorld(options).Training(Events).Hash, new DriftWorld(options).Training(Events).Hash);
        Assert.Equal(new DriftWorld(options).Switching(7, Events), new DriftWorld(options).Switching(7, Events));
        Assert.NotEqual(new DriftWorld(options).Training(Events).Hash, new DriftWorld(options with { Seed = 4 }).Training(Events).Hash);
    }

    [Fact]
    public void Noise_is_as_frequent_as_it_says_and_the_first_items_of_a_taste_are_the_likeliest()
    {
        var world = new DriftWorld(_plain with { Noise = 0.25 });
        var ranks = world.Switching(switchAt: Events, Events).SelectMany(history => history)
            .Select(item => world.Tastes.Max(taste => taste.ToList().IndexOf(item))).ToArray();
        Assert.InRange(ranks.Count(rank => rank < 0) / (double)ranks.Length, 0.22, 0.28);
        Assert.InRange(ranks.Count(rank => rank == 0) / (double)ranks.Count(rank => rank == 1), 1.7, 2.3); // 1 to 1/2
    }

    [Fact]
    public void Options_that_make_no_world_are_refused() =>
        Assert.Contains("switch needs 2", Assert.Throws<ArgumentException>(() => new DriftWorld(_plain with { Tastes = 1 })).Message,
            StringComparison.Ordinal);

    private static int Taste(DriftWorld world, int item) =>
        Enumerable.Range(0, world.Tastes.Count).Single(taste => world.Tastes[taste].Contains(item));
}
