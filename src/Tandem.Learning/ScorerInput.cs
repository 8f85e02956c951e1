using Tandem.Data;

namespace Tandem.Learning;

/// <summary>What every <see cref="IItemScorer"/> asks of its caller, checked before any work.</summary>
public static class ScorerInput
{
    /// <summary>Refuses ids that are no items, and a destination that is too short. A longer one is allowed; its rest is kept.</summary>
    /// <param name="items">V.</param>
    /// <param name="histories">B histories.</param>
    /// <param name="scores">To hold [B, V + 1].</param>
    /// <exception cref="ArgumentException">Says which history, which place, and what was expected.</exception>
    public static void Require(int items, ReadOnlySpan<History> histories, ReadOnlySpan<float> scores)
    {
        var needed = histories.Length * (items + 1L);
        if (scores.Length < needed)
        {
            throw new ArgumentException(
                $"{scores.Length} places for scores; {histories.Length} histories over {items} items need {needed}", nameof(scores));
        }

        for (var row = 0; row < histories.Length; row++)
        {
            var history = histories[row].Items.Span;
            var place = history.IndexOfAnyExceptInRange(1, items);
            if (place >= 0)
            {
                throw new ArgumentException(
                    $"history {row} has item {history[place]} at place {place}; expected ids from 1 to {items}: "
                    + "the model was trained on another catalogue, or padding was left in", nameof(histories));
            }
        }
    }
}
