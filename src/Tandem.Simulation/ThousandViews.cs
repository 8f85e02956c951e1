namespace Tandem.Simulation;

/// <summary>What a thousand views cost beyond the first list of each user.</summary>
/// <param name="Calls">To the cloud.</param>
/// <param name="BytesUp">Of the requests, as JSON.</param>
/// <param name="BytesDown">Of the answers, as JSON.</param>
/// <param name="Tokens">Read and written by a language model, an item's tokens for each item of histories and lists.</param>
/// <param name="CloudSeconds">To make the lists, in batches; 0 where all were kept.</param>
/// <param name="Price">In the currency of the prices; null where none was given.</param>
public sealed record ThousandViews(
    double Calls, double BytesUp, double BytesDown, double Tokens, double CloudSeconds, double? Price)
{
    private const double Views = 1_000, PricedTokens = 1_000_000;

    internal static ThousandViews Of(IReadOnlyList<Turn> turns, SimulationOptions options, double cloudMillis)
    {
        var (all, views) = (turns.Aggregate(default(Traffic), (sum, turn) => sum + turn.Later), turns.Sum(turn => (double)turn.Views));
        var (calls, tokens) = (Each(all.Calls), Each(all.Tokens));
        double? price = options is { PricePerCall: 0, PricePerMillionTokens: 0 }
            ? null
            : calls * options.PricePerCall + tokens * options.PricePerMillionTokens / PricedTokens;
        return new(calls, Each(all.BytesUp), Each(all.BytesDown), tokens, calls * cloudMillis / 1000, price);

        double Each(long sum) => sum * Views / views;
    }
}
