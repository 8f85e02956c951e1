using System.Diagnostics;
using Tandem.Device;
using Tandem.Protocol.Messages;

namespace Tandem.Samples;

/// <summary>What a click costs here, in microseconds: medians.</summary>
/// <param name="ListMicros">An event taken in and a list of 200 candidates, or of as many as there are, ranked after it.</param>
/// <param name="CatalogMicros">An event taken in and the ten best of the whole catalogue found after it.</param>
internal sealed record ClickTimes(double ListMicros, double CatalogMicros)
{
    private const int MostCandidates = 200;
    private const int Best = 10;

    /// <param name="model">Holds its item table.</param>
    /// <param name="clicks">How many are timed, after as many that are not.</param>
    public static ClickTimes Measure(DeviceModel model, int clicks) =>
        new(Median(model, clicks, RankingMode.Fused), Median(model, clicks, RankingMode.Device));

    private static double Median(DeviceModel model, int clicks, RankingMode mode)
    {
        var (micros, best) = (new double[clicks], new Recommendation[Best]);
        var session = new DeviceSession(model, new() { ExcludeConsumed = false });
        session.TryAccept(List(model), out _);
        for (var i = -clicks; i < clicks; i++)
        {
            var start = Stopwatch.GetTimestamp();
            session.Observe(1 + Math.Abs(i * 7) % model.Shape.Items, time: i);
            session.Recommend(best.AsSpan(), mode);
            if (i >= 0) micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(micros);
        return micros[clicks / 2];
    }

    private static CandidateList List(DeviceModel model)
    {
        var items = Enumerable.Range(1, Math.Min(MostCandidates, model.Shape.Items)).ToArray();
        return new()
        {
            CatalogVersion = model.CatalogVersion,
            ModelVersion = "sample",
            HistoryLength = 0,
            Items = items,
            Scores = [.. items.Select(item => -item / 10f)],
        };
    }
}
