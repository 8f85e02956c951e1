namespace Tandem.Data.Tests;

public class NamedSeedTests
{
    [Fact]
    public void The_same_name_gives_the_same_numbers() =>
        Assert.Equal(NamedSeed.Create(7, "shuffle", 1, 2).Next(), NamedSeed.Create(7, "shuffle", 1, 2).Next());

    [Fact]
    public void Seed_name_and_indices_all_matter()
    {
        long[] seeds =
        [
            NamedSeed.Derive(7, "shuffle"), NamedSeed.Derive(8, "shuffle"), NamedSeed.Derive(7, "init"),
            NamedSeed.Derive(7, "shuffle", 1), NamedSeed.Derive(7, "shuffle", 1, 2), NamedSeed.Derive(7, "shuffle", 12),
        ];
        Assert.Distinct(seeds);
        Assert.All(seeds, seed => Assert.True(seed >= 0));
    }

    // Published figures name a seed: what it draws may never change. The number is SHA-256 of "42/item numbers/3",
    // its first 8 bytes little-endian without the highest bit, worked out with another program.
    [Fact]
    public void Derived_seeds_stay_what_they_are() => Assert.Equal(602571746714394971, NamedSeed.Derive(42, "item numbers", 3));
}
