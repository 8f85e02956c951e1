namespace Tandem.Data.Batches;

/// <summary>
/// Training batches with almost no padding: rows of like length lie together, and a batch takes rows until it would
/// exceed its budget of tokens or of padding. The number and the shapes of the batches are the same in every epoch.
/// </summary>
public sealed class TokenBudgetBatches
{
    private readonly TrainingSequences _sequences;
    private readonly int _randomStart;

    /// <summary>Rows, shortest first.</summary>
    private readonly Chunk[] _chunks;

    /// <summary>Batch b takes the rows from <c>_cuts[b]</c> up to <c>_cuts[b + 1]</c>.</summary>
    private readonly int[] _cuts;

    /// <summary>Plans the batches.</summary>
    /// <param name="sequences">What is learned; a sequence of fewer than two items has nothing to predict and gives no row.</param>
    /// <param name="options">Window and budget.</param>
    /// <exception cref="ArgumentException">The options have faults.</exception>
    public TokenBudgetBatches(TrainingSequences sequences, TokenBudgetOptions options)
    {
        if (options.Validate().ToArray() is [_, ..] faults)
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        (_sequences, _randomStart) = (sequences, options.RandomStart);
        _chunks = [.. Enumerable.Range(0,
            sequences.Count).SelectMany(s => Cut(s, sequences[s].Length, options)).OrderBy(chunk => chunk.Steps)];
        _cuts = FillBudget(_chunks, options);
        Tokens = _chunks.Sum(chunk => (long)chunk.Steps);
        PaddingShare = _chunks.Length > 0 ? 1 - (double)Tokens / CountPlaces() : 0;
    }

    /// <summary>Number of batches in an epoch.</summary>
    public int Count => _cuts.Length - 1;

    /// <summary>Number of targets in an epoch, those that a random start leaves out counted.</summary>
    public long Tokens { get; }

    /// <summary>Share of an epoch's places that are padding, from 0 to 1; a random start adds to it.</summary>
    public double PaddingShare { get; }

    /// <summary>The batches of one epoch: the rows of like length mixed anew, the batches in random order.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="epoch">Which epoch; the same seed and epoch give the same batches.</param>
    public IReadOnlyList<SequenceBatch> Epoch(int seed, int epoch)
    {
        var random = NamedSeed.Create(seed, "batches", epoch);
        var mixed = _chunks.ToArray();
        random.Shuffle(mixed);
        mixed = [.. mixed.OrderBy(chunk => chunk.Steps)];

        var starts = NamedSeed.Create(seed, "starts", epoch);
        var batches = new SequenceBatch[Count];
        for (var b = 0; b < batches.Length; b++)
            batches[b] = Collect(mixed.AsSpan(_cuts[b].._cuts[b + 1]), starts);
        random.Shuffle(batches);
        return batches;
    }

    /// <summary>Neighbouring chunks share one item: the target of the older's last step is the input of the newer's first.</summary>
    private static IEnumerable<Chunk> Cut(int sequence, int length, TokenBudgetOptions options)
    {
        for (var last = length - 1; last > 0; last -= options.Window)
        {
            var steps = Math.Min(last, options.Window);
            yield return new Chunk(sequence, last - steps, steps);
            if (!options.KeepOlderChunks)
                yield break;
        }
    }

    private static int[] FillBudget(Chunk[] ascending, TokenBudgetOptions options)
    {
        var cuts = new List<int> { 0 };
        var tokens = 0L;
        for (var i = 0; i < ascending.Length; i++)
        {
            var steps = ascending[i].Steps;
            var places = (i + 1L - cuts[^1]) * steps;
            if (places > options.TokenBudget || places - tokens - steps > options.MaxPadding * options.TokenBudget)
            {
                cuts.Add(i);
                tokens = 0;
            }
            tokens += steps;
        }
        if (ascending.Length > 0)
            cuts.Add(ascending.Length);
        return [.. cuts];
    }

    private long CountPlaces()
    {
        var places = 0L;
        for (var b = 0; b < Count; b++)
            places += (long)(_cuts[b + 1] - _cuts[b]) * _chunks[_cuts[b + 1] - 1].Steps;
        return places;
    }

    private SequenceBatch Collect(ReadOnlySpan<Chunk> rows, Random starts)
    {
        var batch = new SequenceBatch(rows.Length, rows[^1].Steps);
        for (var row = 0; row < rows.Length; row++)
        {
            var chunk = rows[row];
            var skipped = _randomStart == 0 ? 0 : starts.Next(Math.Min(_randomStart, chunk.Steps - 1) + 1);
            var first = chunk.First + skipped;
            batch.Fill(row, _sequences[chunk.Sequence].Slice(first, chunk.Steps + 1 - skipped), chunk.Sequence, first);
        }
        return batch;
    }

    /// <summary>A row: <c>Steps + 1</c> items of a sequence from position <c>First</c>.</summary>
    private readonly record struct Chunk(int Sequence, int First, int Steps);
}
