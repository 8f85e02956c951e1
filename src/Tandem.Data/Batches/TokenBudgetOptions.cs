namespace Tandem.Data.Batches;

/// <summary>How sequences are cut and put together.</summary>
public sealed record TokenBudgetOptions
{
    /// <summary>Most steps of a row, 1 or more. Default 50, SASRec's length for sparse data.</summary>
    public int Window { get; init; } = 50;

    /// <summary>Most places, padding included, of a batch: rows × longest row. At least <see cref="Window"/>. Default 8192.</summary>
    public int TokenBudget { get; init; } = 8192;

    /// <summary>
    /// Most padding of a batch as a share of <see cref="TokenBudget"/>, 0 to 1: a batch is closed short of its budget
    /// before it pads more; 1 always fills the budget. Default .01, which makes .5 % of padding on Beauty in 34 batches;
    /// filling the budget makes 6 % in 18.
    /// </summary>
    public double MaxPadding { get; init; } = 0.01;

    /// <summary>
    /// What becomes of the events before the most recent <see cref="Window"/> targets of a sequence: true, they form
    /// further rows of their own, so that every event but a user's first is a target once per epoch; false, they are
    /// left out, as most published code does. Default true.
    /// </summary>
    public bool KeepOlderChunks { get; init; } = true;

    /// <summary>
    /// Most steps, 0 or more, that an epoch leaves out at the beginning of a row, drawn anew for each row and epoch; at least one step
    /// stays. Default 0.
    /// </summary>
    public int RandomStart { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Window < 1)
            yield return $"Window is {Window}; set it to 1 or more";
        if (TokenBudget < Window)
            yield return $"TokenBudget is {TokenBudget}, too small for one row of Window {Window}; set it to {Window} or more";
        if (RandomStart < 0)
            yield return $"RandomStart is {RandomStart}; set it to 0 or more";
        if (MaxPadding is not (>= 0 and <= 1))
            yield return $"MaxPadding is {MaxPadding}; set it to 0 to 1";
    }
}
