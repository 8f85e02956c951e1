using Tandem.Device.Learning;
using Tandem.Device.Tests.Models;

namespace Tandem.Device.Tests.Learning;

/// <summary>Sessions of users whose events follow a rule that a model of random weights does not know.</summary>
internal static class Habits
{
    public const int Window = 24;

    /// <summary>Learns fast and long enough to learn a rule.</summary>
    public static AdaptationOptions Fast { get; } = new() { Rate = 0.05f, Steps = 40, MostMillis = 10_000 };

    /// <summary>Two items by turns.</summary>
    public static int[] ByTurns { get; } = [.. Enumerable.Range(0, Window).Select(i => i % 2 == 0 ? 3 : 27)];

    /// <summary>By turns, until the last events have nothing to do with it.</summary>
    public static int[] Broken { get; } = [.. ByTurns[..^3], 9, 14, 33];

    public static DeviceModel Model(Action<TinyBundle>? change = null, int seed = 1)
    {
        var bundle = new TinyBundle(seed);
        bundle.Widen(Window);
        change?.Invoke(bundle);
        return DeviceModel.TryLoad(bundle.Open(), out var model, out var fault) ? model! : throw new InvalidOperationException(fault);
    }

    public static DeviceSession Session(DeviceModel model, IEnumerable<int> events, TimeProvider? time = null)
    {
        var session = new DeviceSession(model, new() { ExcludeConsumed = false, Time = time ?? TimeProvider.System });
        foreach (var item in events) session.Observe(item, time: 0);
        return session;
    }

    public static Recommendation[] All(DeviceSession session) => session.Recommend(40, RankingMode.Device);
}
