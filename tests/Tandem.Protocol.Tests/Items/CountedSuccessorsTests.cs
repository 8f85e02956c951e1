using CsCheck;
using Tandem.Protocol.Items;

namespace Tandem.Protocol.Tests.Items;

public class CountedSuccessorsTests
{
    private static readonly Gen<SuccessorJoin> _joins =
        from shares in Gen.Bool
        from weight in Gen.Double[0, 1_000]
        from exponent in Gen.Double[-6, 6]
        select Tables.Join with { Shares = shares, Weight = weight, Offset = Math.Clamp(Math.Pow(10, exponent), 1e-6, 1e6) };

    /// <summary>A count's quantised value, two products, a sum and a logarithm, each rounded to 2⁻²⁴ of numbers up to ln 10³⁰.</summary>
    private const double Tolerance = 1e-5;

    [Fact]
    public void The_bonus_is_that_of_double_precision() =>
        Gen.Select(_joins, Gen.Int[1, 40], Gen.Int[0, 1_000_000]).Sample(
            (join, items, seed) =>
            {
                Assert.Empty(join.Validate());
                var counted = new CountedSuccessors(Tables.Random(items, 20, seed), join);
                var (sum, random) = (counted.CreateSum(), new Random(seed));
                sum.Read([.. Enumerable.Range(0, 12).Select(_ => random.Next(1, items + 1))]);
                var bonus = new float[sum.Count];
                counted.Bonus(sum, bonus);
                var n = join.Shares ? sum.Sums.ToArray().Sum(x => (double)x) : 1;
                for (var i = 0; i < bonus.Length; i++)
                {
                    Assert.Equal(
                        join.Weight * Math.Log(1 + sum.Sums[i] / (join.Offset * n)), bonus[i], Math.Max(join.Weight, 1e-9) * Tolerance);
                }
            },
            iter: 3_000);

    [Theory]
    [InlineData(1e-6, 2.5e22f)]
    [InlineData(1e6, 2.5e22f)]
    [InlineData(1e-6, 1e-45f)]
    [InlineData(1e6, 1e-45f)]
    [InlineData(1e-6, 1f)]
    public void It_is_finite_and_never_negative_at_the_extremes_that_are_allowed(double offset, float count)
    {
        var rows = Enumerable.Range(1, 11).Select(_ => Enumerable.Range(1, 11).Select(item => (item, count)).ToArray()).ToArray();
        foreach (var shares in new[] { false, true })
        {
            foreach (var decay in new[] { 1, 1e-300 })
            {
                var join = new SuccessorJoin { Recent = 1_000, RecencyDecay = decay, Shares = shares, Weight = 1_000, Offset = offset };
                Assert.Empty(join.Validate());
                var counted = new CountedSuccessors(Tables.Of(rows), join);
                var (sum, bonus) = (counted.CreateSum(), new float[11]);
                sum.Read([.. Enumerable.Repeat(3, 1_000)]);
                counted.Bonus(sum, bonus);
                Assert.All(bonus, value => Assert.True(value >= 0 && float.IsFinite(value), $"{value}"));
            }
        }
    }

    [Fact]
    public void Equal_sums_get_equal_bonuses_wherever_they_lie()
    {
        var table = Tables.Of([.. Enumerable.Range(1, 13).Select(_ => Enumerable.Range(1, 13).Select(item => (item, 0.37f)).ToArray())]);
        var counted = new CountedSuccessors(table, Tables.Join with { Weight = 14, Offset = 3 });
        var (sum, bonus) = (counted.CreateSum(), new float[13]);
        sum.Read([1, 2, 3]);
        counted.Bonus(sum, bonus);
        Assert.Single(bonus.Distinct());
        Assert.True(bonus[0] > 0);
    }

    [Fact]
    public void Without_events_there_is_no_bonus()
    {
        var counted = new CountedSuccessors(Tables.Of([(1, 1f)]), Tables.Join);
        counted.Bonus(counted.CreateSum(), []);
    }

    [Theory]
    [InlineData(0, 0.5, 1, 1, "recent is 0, expected 1 to 1000")]
    [InlineData(1_001, 0.5, 1, 1, "recent is 1001")]
    [InlineData(1, 0, 1, 1, "recencyDecay is 0")]
    [InlineData(1, 1.01, 1, 1, "recencyDecay is 1.01")]
    [InlineData(1, double.NaN, 1, 1, "recencyDecay is NaN")]
    [InlineData(1, 0.5, -1, 1, "weight is -1")]
    [InlineData(1, 0.5, 1e9, 1, "weight is 1000000000")]
    [InlineData(1, 0.5, double.NaN, 1, "weight is NaN")]
    [InlineData(1, 0.5, 1, 0, "offset is 0")]
    [InlineData(1, 0.5, 1, 1e7, "offset is 10000000")]
    [InlineData(1, 0.5, 1, double.PositiveInfinity, "offset is")]
    public void Constants_out_of_range_are_named(int recent, double decay, double weight, double offset, string fault)
    {
        var join = new SuccessorJoin { Recent = recent, RecencyDecay = decay, Shares = true, Weight = weight, Offset = offset };
        Assert.Contains(fault, Assert.Single(join.Validate()), StringComparison.Ordinal);
    }
}
