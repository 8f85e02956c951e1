using System.Globalization;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Tests.Stores;

public class RecentKeysTests
{
    [Fact]
    public void A_key_in_use_stays_and_there_are_never_more_than_allowed()
    {
        var keys = new RecentKeys<string>(10);
        for (var i = 0; i < 1_000; i++)
        {
            keys.Add(i.ToString(CultureInfo.InvariantCulture), i);
            Assert.True(keys.TryGet("0", out var first));
            Assert.Equal(0, first);
            Assert.InRange(keys.Count, 1, 10);
        }

        Assert.True(keys.TryGet("999", out _));
        Assert.False(keys.TryGet("500", out _));
        keys.Remove("0");
        Assert.False(keys.TryGet("0", out _));
        keys.Clear();
        Assert.Equal(0, keys.Count);
    }
}
