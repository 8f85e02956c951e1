using System.Globalization;
using Tandem.Data.Metrics;

namespace Tandem.Data.Evaluation;

/// <summary>A metric of an event's rank, by the name that reports use.</summary>
public sealed class RankMetric
{
    /// <summary>The names, for messages and help.</summary>
    public const string Known = "recall@k, ndcg@k, mrr, mrr@k, precision@k, map@k or auc@k, with a whole number for k";

    private readonly Func<RankingMetrics, double[]> _measure;

    private RankMetric(string name, Func<RankingMetrics, double[]> measure) => (Name, _measure) = (name, measure);

    /// <summary>Such as <c>ndcg@10</c>.</summary>
    public string Name { get; }

    /// <summary>Finds a metric by its name.</summary>
    /// <param name="name">One of <see cref="Known"/>.</param>
    /// <returns>Null where the name is unknown.</returns>
    public static RankMetric? Find(string name)
    {
        if (name == "mrr") return new(name, ranks => ranks.MrrByUser());
        if (name.Split('@') is not [var kind, var digits]
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var k) || k < 1)
        {
            return null;
        }

        return kind switch
        {
            "recall" => new(name, ranks => ranks.RecallByUser(k)),
            "ndcg" => new(name, ranks => ranks.NdcgByUser(k)),
            "mrr" => new(name, ranks => ranks.MrrByUser(k)),
            "precision" => new(name, ranks => ranks.PrecisionByUser(k)),
            "auc" => new(name, ranks => ranks.AreaByUser(k)),
            "map" => new(name, ranks => ranks.MapByUser(k)),
            _ => null,
        };
    }

    /// <summary>[events] the metric of each event, whose item is the only relevant one.</summary>
    /// <param name="ranks">[events] from 1.</param>
    /// <exception cref="ArgumentException">There are no ranks, or one is below 1 or NaN.</exception>
    public double[] OfEvents(ReadOnlySpan<double> ranks) => _measure(new RankingMetrics(ranks.ToArray().AsEnumerable()));
}
