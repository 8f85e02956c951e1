namespace Tandem.Chat.Calls;

/// <summary>What calls to a chat model may cost.</summary>
public sealed record ChatBudgetOptions
{
    /// <summary>Most tokens of a day (UTC), read and written together; null, the default, for any number.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Most money of a day (UTC), in the currency of the prices; null, the default, for any.</summary>
    public decimal? MoneyPerDay { get; init; }

    /// <summary>Price of a million tokens that the model reads. Default 0.</summary>
    public decimal InputPrice { get; init; }

    /// <summary>Price of a million tokens that the model writes. Default 0.</summary>
    public decimal OutputPrice { get; init; }

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        const decimal most = 1_000_000; // a million tokens for a million: no price, and products stay far from overflow
        if (TokensPerDay < 0) yield return $"TokensPerDay is {TokensPerDay}; expected 0 or more";
        if (MoneyPerDay < 0) yield return $"MoneyPerDay is {MoneyPerDay}; expected 0 or more";
        if (InputPrice is < 0 or > most) yield return $"InputPrice is {InputPrice}; expected 0 to {most}, for a million tokens";
        if (OutputPrice is < 0 or > most) yield return $"OutputPrice is {OutputPrice}; expected 0 to {most}, for a million tokens";
        if (MoneyPerDay is not null && InputPrice == 0 && OutputPrice == 0)
            yield return "MoneyPerDay has no prices to count by; give InputPrice and OutputPrice, for a million tokens";
    }
}
