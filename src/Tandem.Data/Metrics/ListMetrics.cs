namespace Tandem.Data.Metrics;

/// <summary>
/// What recommended lists are like, whether or not they hit: how much of the catalogue they show, how evenly, and how popular it is.
/// </summary>
public sealed class ListMetrics
{
    private readonly int[][] _lists;
    private readonly ItemPopularity _popularity;

    /// <summary>Takes the lists of all users.</summary>
    /// <param name="lists">[users][up to k] item ids from 1, no item twice in a list; a list may be empty and is left out.</param>
    /// <param name="popularity">Popularity among the events that train.</param>
    /// <exception cref="ArgumentException">All lists are empty, a list has an item twice or one that is not in the catalogue.</exception>
    public ListMetrics(IEnumerable<int[]> lists, ItemPopularity popularity)
    {
        _popularity = popularity;
        _lists = [.. lists.Where(list => list.Length > 0)];
        if (_lists.Length == 0) throw new ArgumentException("no list has an item; expected one at least", nameof(lists));
        foreach (var list in _lists)
        {
            if (list.Distinct().Count() < list.Length) throw new ArgumentException("a list has an item twice", nameof(lists));
            if (list.Min() < 1 || list.Max() > popularity.Items)
            {
                throw new ArgumentException(
                    $"a list has item {(list.Min() < 1 ? list.Min() : list.Max())}; expected 1 to {popularity.Items}", nameof(lists));
            }
        }
    }

    /// <summary>Share of the catalogue that is on some list.</summary>
    public double Coverage() => (double)TimesShown().Count(times => times > 0) / _popularity.Items;

    /// <summary>
    /// Gini index of how often items are shown, over the whole catalogue: Σ (2j − V − 1) p_j / (V − 1), p_j the shares of all places,
    /// ascending (Shani and Gunawardana 2011, "Evaluating recommendation systems"). 0: every item equally often; 1: one item only.
    /// </summary>
    public double Gini()
    {
        var shown = TimesShown();
        if (shown.Length == 1) return 0;
        Array.Sort(shown);
        var sum = 0.0;
        for (var j = 1; j <= shown.Length; j++) sum += (2.0 * j - shown.Length - 1) * shown[j - 1];
        return sum / ((shown.Length - 1.0) * _lists.Sum(list => (long)list.Length));
    }

    /// <summary>
    /// Mean over users of the mean of −log2(share of users that have the item), in bits: the self-information of Zhou et al. 2010
    /// ("Solving the apparent diversity-accuracy dilemma of recommender systems"). An item that nobody has counts as if one user had it.
    /// </summary>
    public double Novelty() => MeanOfMeans(_lists, item => -Math.Log2(Math.Max(_popularity[item], 1) / (double)_popularity.Users));

    /// <summary>
    /// Popularity lift: (P(lists) − P(histories)) / P(histories), where P is the mean over users of the mean popularity share of their
    /// items (ΔGAP of Abdollahpouri et al. 2019, "The unfairness of popularity bias in recommendation", for all users as one group).
    /// 0: lists are as popular as what users chose themselves; 1: twice as popular.
    /// </summary>
    /// <param name="histories">[users][N] item ids that the lists were made from; empty ones are left out.</param>
    /// <exception cref="ArgumentException">No history has an item that somebody has.</exception>
    public double PopularityLift(IEnumerable<int[]> histories)
    {
        int[][] known = [.. histories.Where(history => history.Length > 0)];
        var chosen = known.Length > 0 ? MeanOfMeans(known, _popularity.Share) : 0;
        return chosen > 0
            ? MeanOfMeans(_lists, _popularity.Share) / chosen - 1
            : throw new ArgumentException(
                "no history has an item that somebody has; the lift divides by their popularity", nameof(histories));
    }

    /// <summary>[V] how many lists have the item; entry i is item i + 1.</summary>
    private int[] TimesShown()
    {
        var times = new int[_popularity.Items];
        foreach (var list in _lists)
            foreach (var item in list) times[item - 1]++;
        return times;
    }

    private static double MeanOfMeans(int[][] lists, Func<int, double> value) => lists.Average(list => list.Average(value));
}
