using Tandem.Data.Batches;

namespace Tandem.Learning.Tuning;

/// <summary>
/// Instructions that are answered alike, all by items' codes or all by texts; or whole histories. One of the two is null.
/// </summary>
/// <param name="Instructions">Their answers are of one kind.</param>
/// <param name="Histories">Of users.</param>
internal sealed record TuningBatch(IReadOnlyList<Instruction>? Instructions, SequenceBatch? Histories) : ITrainingBatch
{
    /// <summary>Items, and tokens of texts, that are predicted.</summary>
    public int Tokens => Histories?.Tokens ?? Instructions!.Sum(one => one.Item > 0 ? 1 : one.Written.Length);

    /// <summary>Instructions of like lengths together, as many as a budget of tokens holds, in an order drawn at random.</summary>
    /// <param name="instructions">Of an epoch.</param>
    /// <param name="tokenBudget">Most tokens of a batch, padding included, but for an instruction that alone has more.</param>
    /// <param name="random">Draws the order.</param>
    public static IEnumerable<TuningBatch> Of(IReadOnlyList<Instruction> instructions, int tokenBudget, Random random)
    {
        var shuffled = instructions.ToArray();
        random.Shuffle(shuffled);
        var batches = new List<TuningBatch>();
        foreach (var alike in shuffled.GroupBy(one => one.Item > 0))
        {
            var (open, longest) = (new List<Instruction>(), 0);
            foreach (var one in alike.OrderBy(one => one.Read.Length))
            {
                longest = Math.Max(longest, one.Read.Length + one.Written.Length);
                if (open.Count > 0 && (open.Count + 1) * longest > tokenBudget)
                {
                    batches.Add(new(open, null));
                    (open, longest) = ([], one.Read.Length + one.Written.Length);
                }

                open.Add(one);
            }

            if (open.Count > 0) batches.Add(new(open, null));
        }

        return batches;
    }
}
