using Tandem.Simulation.Drift;

namespace Tandem.Simulation.Tests.Drift;

public class DriftRecoveryTests
{
    private static readonly DriftOptions _options = new()
    {
        Seed = 1,
        SwitchAt = 2,
        Baseline = 2,
        Horizon = 6,
        Compared = 2,
        Resamples = 200,
    };
    private static readonly DriftRecovery _recovery = new(_options);

    [Theory]
    [InlineData(new[] { 0, 0, 1, 1, 1, 1.0 }, 2)]            // three in a row at the bar
    [InlineData(new[] { 0, 0.3, 1, 1, 1, 1.0 }, 2)]          // (0.3 + 1 + 1) / 3 is below
    [InlineData(new[] { 0, 0.8, 1, 1, 1, 1.0 }, 1)]          // (0.8 + 1 + 1) / 3 is above
    [InlineData(new[] { 1, 1, 1, 1, 1, 1.0 }, 0)]            // nothing was lost
    [InlineData(new[] { 1, 1, 1, 0, 1, 1.0 }, null)]         // the last running mean is below
    [InlineData(new[] { 0.9, 0.9, 0.9, 0.9, 0.9, 0.9 }, 0)]  // at the bar is recovered
    public void Recovery_counts_from_the_first_event_after_which_the_running_mean_stays(double[] curve, int? events) =>
        Assert.Equal(events, _recovery.Events(curve, bar: 0.9));

    [Fact]
    public void A_rise_that_does_not_last_is_no_recovery() =>
        Assert.Equal(4, new DriftRecovery(_options with { Smoothing = 1 }).Events([0, 1, 1, 0, 1, 1], bar: 0.9));

    [Fact]
    public void The_bar_is_a_share_of_the_models_own_hit_rate_before()
    {
        // Half of all hit before: the bar is .45, and half of the users hit again from the third event on.
        var hits = Hits([1, 1], [0, 0, 1, 1, 1, 1], [0, 0], [0, 0, 0, 0, 0, 0]);
        Assert.Equal(2, _recovery.Events(hits));
        Assert.Null(_recovery.Events(Hits([1, 1], [0, 0, 1, 1, 1, 1], [1, 1], [0, 0, 0, 0, 0, 0])));
    }

    [Fact]
    public void Users_who_agree_leave_no_interval_and_those_who_differ_leave_one()
    {
        Assert.Equal((2, 2), _recovery.Interval(Hits([1, 1], [0, 0, 1, 1, 1, 1], [1, 1], [0, 0, 1, 1, 1, 1])));
        var (lower, upper) = _recovery.Interval(Hits([1, 1], [0, 0, 1, 1, 1, 1], [1, 1], [0, 0, 0, 0, 0, 0]));
        Assert.Equal(2, lower); // draws of the first user alone
        Assert.Null(upper);     // draws of the second alone
    }

    [Fact]
    public void Against_users_who_do_not_switch_each_event_has_a_bar_of_its_own()
    {
        var switched = Hits([1, 1], [0, 0, 1, 1, 0, 0], [1, 1], [0, 0, 0, 0, 0, 0]);
        var unswitched = Hits([1, 1], [1, 1, 1, 0, 0, 0], [1, 1], [1, 1, 0, 0, 0, 0]);
        Assert.Null(_recovery.Events(switched)); // later events are hard, switch or not
        Assert.Equal(1, _recovery.Events(switched.Above(unswitched, share: 0.5))); // from there 2 hits of 3, before 1 of 5
    }

    private static DriftHits Hits(double[] beforeA, double[] afterA, double[] beforeB, double[] afterB) =>
        new([beforeA, beforeB], [afterA, afterB]);
}
