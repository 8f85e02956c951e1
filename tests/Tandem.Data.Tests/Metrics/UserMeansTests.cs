using Tandem.Data.Metrics;

namespace Tandem.Data.Tests.Metrics;

public class UserMeansTests
{
    [Fact]
    public void Each_user_has_one_value() => Assert.Equal([0.5, 1, 0.25], UserMeans.Of([0, 0, 3, 7, 7], [1, 0, 1, 0.5, 0]));

    [Fact]
    public void No_events_have_no_users() => Assert.Empty(UserMeans.Of([], []));

    [Fact]
    public void Arrays_that_do_not_fit_are_refused() => Assert.Throws<ArgumentException>(() => UserMeans.Of([1], [1, 2]));
}
