using Microsoft.Extensions.AI;

namespace Tandem.Chat.Calls;

/// <summary>
/// The tokens and the money of a day (UTC). A call reserves the most that it can cost before it is made, and what it did cost takes the
/// reservation's place: at no moment can the calls under way bring the day over its budget.
/// </summary>
/// <param name="options">Bounds and prices.</param>
/// <param name="time">Says which day it is.</param>
internal sealed class ChatBudget(ChatBudgetOptions options, TimeProvider time)
{
    private const long MostReported = 1_000_000_000; // tokens of a call; a report beyond is no report
    private const decimal Million = 1_000_000;

    private readonly Lock _lock = new();
    private Day _today = new(DateOnly.MinValue);

    /// <summary>Tokens and money of the day, reservations included.</summary>
    public (long Tokens, decimal Money) Spent
    {
        get
        {
            lock (_lock) return (Today().Tokens, Today().Money);
        }
    }

    /// <summary>A reservation; null where the call could go over the budget.</summary>
    /// <param name="input">Most tokens that the model reads.</param>
    /// <param name="output">Most tokens that it writes.</param>
    public Reservation? TryReserve(long input, long output)
    {
        lock (_lock)
        {
            var day = Today();
            var (tokens, money) = (input + output, PriceOf(input, output));
            if (day.Tokens + tokens > options.TokensPerDay || day.Money + money > options.MoneyPerDay) return null;
            (day.Tokens, day.Money) = (day.Tokens + tokens, day.Money + money);
            return new(this, day, input, output);
        }
    }

    /// <summary>A clock that goes back opens no day anew.</summary>
    private Day Today()
    {
        var date = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return date > _today.Date ? _today = new(date) : _today;
    }

    private decimal PriceOf(long input, long output) => (input * options.InputPrice + output * options.OutputPrice) / Million;

    /// <summary>Some clients tell 0 for a count that is missing; no prompt has none, so 0 is no report.</summary>
    private static long? Reported(long? tokens) => tokens is > 0 and <= MostReported ? tokens : null;

    private sealed class Day(DateOnly date)
    {
        public DateOnly Date => date;

        public long Tokens { get; set; }

        public decimal Money { get; set; }
    }

    /// <summary>What a call may cost, held back on the day on which it was made. The first settling counts.</summary>
    internal sealed class Reservation
    {
        private readonly ChatBudget _budget;
        private readonly Day _day;
        private readonly (long Input, long Output) _most;
        private bool _isSettled;

        internal Reservation(ChatBudget budget, object day, long input, long output) =>
            (_budget, _day, _most) = (budget, (Day)day, (input, output));

        /// <summary>What the call cost. Where that is not known in part or at all, the reservation stands for it.</summary>
        /// <returns>Tokens read and written, and their price, as they are counted.</returns>
        public (long Input, long Output, decimal Money) Settle(UsageDetails? usage) =>
            SettleAs(Reported(usage?.InputTokenCount) ?? _most.Input, Reported(usage?.OutputTokenCount) ?? _most.Output);

        /// <summary>The call was refused and cost nothing.</summary>
        public void Release() => SettleAs(0, 0);

        private (long Input, long Output, decimal Money) SettleAs(long input, long output)
        {
            lock (_budget._lock)
            {
                var money = _budget.PriceOf(input, output);
                if (_isSettled) return (0, 0, 0);
                _isSettled = true;
                _day.Tokens += input + output - _most.Input - _most.Output;
                _day.Money += money - _budget.PriceOf(_most.Input, _most.Output);
                return (input, output, money);
            }
        }
    }
}
