using CsCheck;
using Tandem.Protocol.Items;

namespace Tandem.Protocol.Tests.Items;

public class ContentProfileTests
{
    private static readonly ContentJoin _join = new() { Name = "text", Width = 3, Recent = 4, RecencyDecay = 0.5, Weight = 6 };

    [Fact]
    public void It_is_the_weighted_sum_of_the_newest_events_at_the_length_of_the_weight()
    {
        Gen.Float[-1, 1].Array[12].Sample(rows =>
        {
            var (profile, sum) = (new ContentProfile(_join), new double[3]);
            profile.Clear();
            for (var age = 0; age < 4; age++)
            {
                profile.Add(rows.AsSpan(3 * age, 3), age);
                for (var i = 0; i < 3; i++) sum[i] += Math.Pow(0.5, age) * rows[3 * age + i];
            }

            var length = Math.Sqrt(sum.Sum(x => x * x));
            Assert.Equal(length > 0, profile.Finish());
            for (var i = 0; i < 3 && length > 1e-3; i++) Assert.Equal(6 * sum[i] / length, profile.Vector[i], 1e-3);
        });
    }

    [Fact]
    public void Of_nothing_it_is_nothing()
    {
        var profile = new ContentProfile(_join);
        profile.Clear();
        Assert.False(profile.Finish());
        profile.Add([0, 0, 0], 0);
        Assert.False(profile.Finish());
        Assert.Equal([0, 0, 0], profile.Vector.ToArray());
        Assert.Equal(4, profile.Recent);
    }
}
