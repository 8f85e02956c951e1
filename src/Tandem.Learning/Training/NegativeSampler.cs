namespace Tandem.Learning.Training;

/// <summary>Draws negatives over the catalogue, with the probability ∝ (1 + training events)^α of each.</summary>
internal sealed class NegativeSampler
{
    private readonly int _items;

    /// <summary>
    /// Walker's alias tables (Walker 1977; Vose 1991): a draw costs the same for any catalogue. Empty where draws are uniform.
    /// </summary>
    private readonly double[] _keep = [];
    private readonly int[] _alias = [];
    private readonly float[] _logProbability = [];

    /// <param name="items">V; ids 1 … V are drawn.</param>
    /// <param name="exponent">α; 0 draws uniformly.</param>
    /// <param name="counts">[V + 1] training events of each item; not read where draws are uniform.</param>
    public NegativeSampler(int items, double exponent, ReadOnlySpan<long> counts)
    {
        _items = items;
        if (exponent == 0) return;
        var weights = new double[items];
        for (var i = 0; i < items; i++) weights[i] = Math.Pow(1 + counts[i + 1], exponent);
        var total = weights.Sum();
        _logProbability = [.. weights.Select(w => (float)Math.Log(w / total))];
        (_keep, _alias) = Alias([.. weights.Select(w => w / total * items)]);
    }

    /// <summary>Fills a batch's negatives.</summary>
    /// <param name="random">Whose draws they are.</param>
    /// <param name="ids">[n] item ids.</param>
    /// <param name="logExpected">[n] log(n q) of each.</param>
    public void Draw(Random random, Span<long> ids, Span<float> logExpected)
    {
        var uniform = (float)Math.Log((double)ids.Length / _items);
        for (var i = 0; i < ids.Length; i++)
        {
            var item = random.Next(_items);
            if (_keep.Length > 0 && random.NextDouble() >= _keep[item]) item = _alias[item];
            ids[i] = item + 1;
            logExpected[i] = _keep.Length > 0 ? (float)Math.Log(ids.Length) + _logProbability[item] : uniform;
        }
    }

    private static (double[] Keep, int[] Alias) Alias(double[] scaled)
    {
        var (keep, alias) = (new double[scaled.Length], new int[scaled.Length]);
        var small = new Stack<int>(Enumerable.Range(0, scaled.Length).Where(i => scaled[i] < 1));
        var large = new Stack<int>(Enumerable.Range(0, scaled.Length).Where(i => scaled[i] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            (keep[less], alias[less]) = (scaled[less], more);
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }

        // What rounding left over has a share of 1.
        foreach (var rest in small.Concat(large)) keep[rest] = 1;
        return (keep, alias);
    }
}
