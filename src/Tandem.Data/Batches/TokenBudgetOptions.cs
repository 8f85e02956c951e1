namespace Tandem.Data.Batches;

/// <summary>How sequences are cut and put together.</summary>
public sealed record TokenBudgetOptions
{
    /// <summary>Most steps of a row, 1 or more. Default 50, SASRec's length for sparse data.</summary>
    public int Window { get; init; } = 50;

    /// <summary>Most places, padding included, of a batch: rows × longest row. At least <see cref="Window"/>. Default 8192.</summary>
    public int TokenBudget { get; init; } = 8192;

    /// <summary>
    /// What becomes of the events before the most recent <see cref="Window"/> targets of a sequence: true, they form
    /// further rows of their own, so that every event but a user's first is a target once per epoch; false, they are
    /// left out, as most published code does. Default true.
    /// </summary>
    public bool KeepOlderChunks { get; init; } = true;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">Lists every fault.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        if (Window < 1)
            faults.Add($"Window is {Window}; set it to 1 or more");
        if (TokenBudget < Window)
            faults.Add($"TokenBudget is {TokenBudget}, too small for one row of Window {Window}; set it to {Window} or more");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, faults));
    }
}
