using CsCheck;
using Tandem.Data.Sources;

namespace Tandem.Data.Tests.Sources;

public class UnixTimeTests
{
    private const uint Half = 1u << 31;

    [Theory]
    [InlineData("12", TimeUnit.Seconds, 12, 0u)]
    [InlineData("12.5", TimeUnit.Seconds, 12, Half)]
    [InlineData("-0.5", TimeUnit.Seconds, -1, Half)]
    [InlineData("1.25e1", TimeUnit.Seconds, 12, Half)]
    [InlineData("12500", TimeUnit.Milliseconds, 12, Half)]
    [InlineData("-500", TimeUnit.Milliseconds, -1, Half)]
    [InlineData("12500000", TimeUnit.Microseconds, 12, Half)]
    [InlineData("12500000000", TimeUnit.Nanoseconds, 12, Half)]
    [InlineData("0.99999999999999999999999999999", TimeUnit.Seconds, 1, 0u)]
    [InlineData("2001-09-09", TimeUnit.Milliseconds, 999_993_600, 0u)]
    [InlineData("2001-09-09 01:46:40", TimeUnit.Seconds, 1_000_000_000, 0u)]
    [InlineData("2001-09-09T01:46:40.5Z", TimeUnit.Seconds, 1_000_000_000, Half)]
    [InlineData("2001-09-09T03:46:40+02:00", TimeUnit.Seconds, 1_000_000_000, 0u)]
    public void Numbers_and_dates_are_taken_whole(string text, TimeUnit unit, long seconds, uint fraction) =>
        Assert.Equal(new UnixTime(seconds, fraction), UnixTime.Parse(text, unit));

    [Theory]
    [InlineData("")]
    [InlineData("noon")]
    [InlineData("NaN")]
    [InlineData("1e18")]
    [InlineData("01/02/2003")]
    [InlineData("2003-13-01")]
    [InlineData("12:30:00")]
    public void Anything_else_is_no_time(string text) => Assert.Null(UnixTime.Parse(text, TimeUnit.Seconds));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1e18)]
    public void A_real_number_that_is_no_date_of_any_log_is_no_time(double number) => Assert.Null(UnixTime.Of(number, TimeUnit.Seconds));

    [Fact]
    public void Times_keep_their_order_in_every_unit() =>
        Gen.Select(Gen.Long[-2_000_000_000_000_000_000, 2_000_000_000_000_000_000], Gen.Long[1, 3_000_000_000], Gen.Enum<TimeUnit>())
            .Sample((number, step, unit) =>
        {
            var (earlier, later) = (UnixTime.Of(number, unit), UnixTime.Of(number + step, unit));
            Assert.True((earlier.Seconds, earlier.Fraction).CompareTo((later.Seconds, later.Fraction)) < 0);
        });

    [Theory]
    [InlineData(1_712_345_678L, TimeUnit.Seconds)]
    [InlineData(1_712_345_678_900L, TimeUnit.Milliseconds)]
    [InlineData(1_712_345_678_900_100L, TimeUnit.Microseconds)]
    [InlineData(1_712_345_678_900_100_200L, TimeUnit.Nanoseconds)]
    [InlineData(0L, TimeUnit.Seconds)]
    public void The_median_tells_the_unit(long time, TimeUnit unit) =>
        Assert.Equal(unit, TimeUnits.Of([time, -1, time + 1, time + 2, long.MaxValue]));
}
