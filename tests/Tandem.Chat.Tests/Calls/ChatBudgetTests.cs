using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Tandem.Chat.Calls;
using Tandem.Data;

namespace Tandem.Chat.Tests.Calls;

public class ChatBudgetTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 23, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_call_that_could_go_over_is_not_made_and_one_that_fits_to_the_last_token_is()
    {
        var budget = Of(new() { TokensPerDay = 100 });
        Assert.NotNull(budget.TryReserve(60, 30));
        Assert.Null(budget.TryReserve(6, 5));
        Assert.NotNull(budget.TryReserve(5, 5));
        Assert.Null(budget.TryReserve(1, 0));
        Assert.Equal(100, budget.Spent.Tokens);
    }

    [Fact]
    public void Money_is_counted_by_a_price_for_each_direction()
    {
        var budget = Of(new() { MoneyPerDay = 1, InputPrice = 2, OutputPrice = 8 });
        var reserved = budget.TryReserve(100_000, 100_000);
        Assert.NotNull(reserved);
        Assert.Equal(1m, budget.Spent.Money);
        Assert.Null(budget.TryReserve(1, 0));
        Assert.Equal((100_000L, 50_000L, 0.6m), reserved.Settle(Usage(100_000, 50_000)));
        Assert.Equal(0.6m, budget.Spent.Money);
        Assert.NotNull(budget.TryReserve(0, 50_000));
    }

    [Theory]
    [InlineData(40L, 10L, 50)]
    [InlineData(null, null, 100)]
    [InlineData(40L, null, 60)]
    [InlineData(null, 10L, 90)]
    [InlineData(0L, 0L, 100)] // no call reads nothing
    [InlineData(-5L, -7L, 100)]
    [InlineData(long.MaxValue, long.MaxValue, 100)]
    [InlineData(200L, 50L, 250)] // what the server says it took is gone, whatever was expected
    public void What_a_call_reports_takes_the_reservation_s_place_and_what_it_does_not_leaves_it(long? input, long? output, int expected)
    {
        var budget = Of(new() { TokensPerDay = 1_000 });
        budget.TryReserve(80, 20)!.Settle(Usage(input, output));
        Assert.Equal(expected, budget.Spent.Tokens);
    }

    [Fact]
    public void A_call_is_settled_once()
    {
        var budget = Of(new() { TokensPerDay = 100 });
        var reserved = budget.TryReserve(80, 20)!;
        reserved.Settle(Usage(30, 10));
        reserved.Settle(Usage(1, 1));
        reserved.Release();
        Assert.Equal(40, budget.Spent.Tokens);
        budget.TryReserve(10, 10)!.Release();
        Assert.Equal(40, budget.Spent.Tokens);
    }

    [Fact]
    public void A_day_has_its_own_budget_and_a_call_belongs_to_the_day_on_which_it_was_made()
    {
        var budget = Of(new() { TokensPerDay = 100 });
        var late = budget.TryReserve(80, 20)!;
        Assert.Null(budget.TryReserve(1, 0));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, budget.Spent.Tokens);
        Assert.NotNull(budget.TryReserve(50, 0));
        late.Settle(Usage(1, 1));
        Assert.Equal(50, budget.Spent.Tokens);
    }

    [Fact]
    public void A_clock_that_goes_back_opens_no_day_anew()
    {
        var budget = Of(new() { TokensPerDay = 100 });
        _time.Advance(TimeSpan.FromHours(2));
        Assert.NotNull(budget.TryReserve(100, 0));
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromDays(1));
        Assert.Null(budget.TryReserve(1, 0));
    }

    [Fact]
    public async Task Many_calls_at_once_never_go_over()
    {
        const long most = 50_000;
        var budget = Of(new() { TokensPerDay = most, MoneyPerDay = 0.04m, InputPrice = 0.5m, OutputPrice = 1 });
        var (made, refused) = (0, 0);
        await Parallel.ForAsync(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var random = NamedSeed.Create(1, "calls", i);
            var (input, output) = (random.Next(1, 300), random.Next(1, 100));
            if (budget.TryReserve(input, output) is not { } reserved)
            {
                Interlocked.Increment(ref refused);
                return;
            }

            Interlocked.Increment(ref made);
            AssertWithin();
            await Task.Yield();
            if (random.Next(5) == 0) reserved.Release();
            else reserved.Settle(random.Next(3) == 0 ? null : Usage(random.Next(1, input + 1), random.Next(1, output + 1)));
            AssertWithin();
        });
        Assert.True(made > 100 && refused > 100, $"{made} made, {refused} refused");
        Assert.True(budget.Spent.Tokens > most / 2);

        void AssertWithin()
        {
            var (tokens, money) = budget.Spent;
            Assert.InRange(tokens, 0, most);
            Assert.InRange(money, 0, 0.04m);
        }
    }

    private ChatBudget Of(ChatBudgetOptions options) => new(options, _time);

    private static UsageDetails Usage(long? input, long? output) => new() { InputTokenCount = input, OutputTokenCount = output };
}
