namespace Tandem.Data.Batches;

/// <summary>Rows of next-item prediction, padded on the right to the longest of them.</summary>
public sealed class SequenceBatch : ITrainingBatch
{
    internal SequenceBatch(int rows, int steps)
    {
        (Rows, Steps) = (rows, steps);
        Inputs = new int[rows * steps];
        Targets = new int[rows * steps];
        Sequences = new int[rows];
        Firsts = new int[rows];
    }

    /// <summary>B, the number of rows.</summary>
    public int Rows { get; }

    /// <summary>T, the length of the longest row.</summary>
    public int Steps { get; }

    /// <summary>[B × T, row-major] item ids, oldest first, 0 = padding, only on the right.</summary>
    public int[] Inputs { get; }

    /// <summary>[B × T, row-major] the item that follows each input; 0 exactly where the input is padding.</summary>
    public int[] Targets { get; }

    /// <summary>[B × T, row-major] times of the inputs, 0 at padding; empty where the sequences have no times.</summary>
    public long[] Times { get; private set; } = [];

    /// <summary>[B × T, row-major] values of the inputs, 0 at padding; empty where the sequences have none.</summary>
    public float[] Values { get; private set; } = [];

    /// <summary>[B] the sequence that each row is of, from 0.</summary>
    public int[] Sequences { get; }

    /// <summary>[B] which of its sequence's events, from 0, is a row's first input.</summary>
    public int[] Firsts { get; }

    /// <summary>Number of places that are not padding.</summary>
    public int Tokens { get; private set; }

    /// <summary>Writes n events into a row: the first n - 1 are its inputs, the items of the last n - 1 its targets.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="events">Of the sequence.</param>
    /// <param name="sequence">From 0.</param>
    /// <param name="place">Of the first of the events within it.</param>
    internal void Fill(int row, History events, int sequence, int place)
    {
        var (first, steps) = (row * Steps, events.Length - 1);
        (Sequences[row], Firsts[row]) = (sequence, place);
        events.Items.Span[..steps].CopyTo(Inputs.AsSpan(first));
        events.Items.Span[1..].CopyTo(Targets.AsSpan(first));
        if (!events.Times.IsEmpty)
        {
            if (Times.Length == 0) Times = new long[Rows * Steps];
            events.Times.Span[..steps].CopyTo(Times.AsSpan(first));
        }

        if (!events.Values.IsEmpty)
        {
            if (Values.Length == 0) Values = new float[Rows * Steps];
            events.Values.Span[..steps].CopyTo(Values.AsSpan(first));
        }

        Tokens += steps;
    }
}
