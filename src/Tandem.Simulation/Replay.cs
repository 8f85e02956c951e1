using System.Diagnostics;
using Tandem.Data;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Learning.Runs;
using Tandem.Protocol.Parameters;

namespace Tandem.Simulation;

/// <summary>
/// Plays users through the device runtime: the list that the cloud made before the first view, d events behind; then for each view an
/// event, the ranking, and the decision whether to ask again. One session a user; what comes of a user depends on no other.
/// </summary>
public sealed class Replay(DeviceModel device, InProcessCloud cloud, SimulationOptions options, Phase phase)
{
    private const int LeastKept = 1_000; // events, as a session keeps by default
    private const int ReportEvery = 256;

    private readonly int _views = options.Views;

    /// <summary>Makes the list that each user has before the first view and, where users may ask, one that knows every event.</summary>
    public async Task PrepareListsAsync(IRunProgress progress, bool fresh, CancellationToken cancel = default)
    {
        var users = phase.Users.ToArray();
        var behind = _views - 1 + options.Lag;
        await PrepareAsync(behind).ConfigureAwait(false);
        for (var events = _views - 1; fresh && events >= 0; events--)
            if (events != behind) await PrepareAsync(events).ConfigureAwait(false);

        Task PrepareAsync(int events) => cloud.PrepareAsync(
            $"{phase.Name}-{events}", [.. users.Select(user => (user, phase.CloudHistory(user, events).Request(device, options)))],
            made => progress.Report($"cloud lists, {phase.Name}, {events} events behind", made, users.Length), cancel);
    }

    /// <summary>Every user's turn under one policy, ranked by one mode.</summary>
    /// <param name="mode">Whose scores rank.</param>
    /// <param name="calls">Decides on users' calls; null for devices without a cloud.</param>
    /// <param name="fusion">Joins the scores in the fused mode.</param>
    /// <param name="depth">Items to recommend.</param>
    /// <param name="watch">What to keep of each ranking beside its best.</param>
    /// <param name="report">Receives how many users are played of how many.</param>
    /// <param name="parameters">Makes weights that come with each list; null, the default, for none.</param>
    public async Task<Turn[]> RunAsync(
        RankingMode mode, CallRule? calls, IFusionRule fusion, int depth, Watch watch = default, Action<int, int>? report = null,
        UserParameters? parameters = null)
    {
        var users = phase.Users.ToArray();
        var turns = new Turn[users.Length];
        int[] order = [.. Enumerable.Range(0, users.Length)];
        NamedSeed.Create(options.Seed, "order of the replay").Shuffle(order); // a rule that learns from users hangs on no order of theirs
        // But on that of time, where it is known.
        if (phase.HasTimes) order = [.. order.OrderBy(i => phase.History(users[i]).Times.Span[^1])];
        var played = 0;
        foreach (var i in order)
        {
            turns[i] = await PlayAsync(users[i], mode, calls?.PolicyOf(users[i]), fusion, depth, watch, parameters)
                .ConfigureAwait(false);
            calls?.Record(turns[i]);
            if (++played % ReportEvery == 0 || played == order.Length) report?.Invoke(played, order.Length);
        }

        return turns;
    }

    /// <summary>One user's turn.</summary>
    /// <param name="user">With a target.</param>
    /// <param name="mode">Whose scores rank.</param>
    /// <param name="policy">Decides on calls; null for a device without a cloud.</param>
    /// <param name="fusion">Joins the scores in the fused mode.</param>
    /// <param name="depth">Items to recommend.</param>
    /// <param name="watch">What to keep of the ranking beside its best.</param>
    /// <param name="parameters">Makes weights that come with each list; null, the default, for none.</param>
    /// <exception cref="InvalidOperationException">The cloud gave no list where it has no faults, or one that the device refused: nothing
    /// could be measured.</exception>
    public async ValueTask<Turn> PlayAsync(
        int user, RankingMode mode, IRequestPolicy? policy, IFusionRule fusion, int depth, Watch watch = default,
        UserParameters? parameters = null)
    {
        var history = phase.History(user);
        using var session = new DeviceSession(device, new DeviceSessionOptions
        {
            Fusion = fusion,
            OwnCandidates = options.LearnsFusion ? options.OwnCandidates : 0,
            Policy = policy ?? new NeverAsk(),
            ListLength = options.ListLength,
            ExcludeConsumed = options.ExcludeConsumed,
            HistoryLimit = Math.Max(LeastKept, history.Length),
            ItemLimit = options.ItemLimit,
        });
        var connection = policy is null ? null : cloud.ConnectionOf(user, options.Faults, options.Seed, history.Length);
        var (n, first) = (history.Length, history.Length - Math.Min(_views, history.Length));
        var known = Math.Max(0, first + 1 - options.Lag); // the events of the first list
        var (calls, start, best, begun) = (0, 0L, Array.Empty<Recommendation>(), default(Traffic));
        for (var i = 0; i < n; i++)
        {
            if (i == known)
            {
                await AskAsync(i).ConfigureAwait(false);
                begun = connection?.Traffic ?? default;
            }

            start = Stopwatch.GetTimestamp();
            session.Observe(history, i);
            connection?.Advance(session, i + 1);
            if (i < first) continue;
            best = session.Recommend(depth, mode);
            if (i < n - 1 && i + 1 != known && await AskAsync(i + 1).ConfigureAwait(false)) calls++;
        }

        var micros = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        if (known == n)
        {
            if (await AskAsync(n).ConfigureAwait(false)) best = session.Recommend(depth, mode);
            begun = connection?.Traffic ?? default;
        }

        var turn = new Turn(user, phase.Target(user), best, session.ListAge, calls, Asked: false, micros)
        {
            Views = n - first,
            Signals = connection is null ? null : session.Signals(watch.SignalScale > 0 ? watch.SignalScale : 1),
            Candidates = watch.Candidates ? session.Candidates() : null,
        };
        var asked = await AskAsync(n).ConfigureAwait(false);
        return turn with
        {
            Best = asked ? session.Recommend(depth, mode) : best,
            ListAge = session.ListAge,
            Calls = calls + (asked ? 1 : 0),
            Asked = asked,
            Traffic = connection?.Traffic ?? default,
            Later = (connection?.Traffic ?? default) - begun,
        };

        async ValueTask<bool> AskAsync(int observed)
        {
            if (!await Replay.AskAsync(session, connection).ConfigureAwait(false)) return false;
            // They come with the list: where that is lost or late, so are they.
            if (parameters is not null && session.ListAge == 0) connection!.Add(Bring(session, parameters, history.First(observed)));
            return true;
        }
    }

    /// <summary>Puts weights that were made of a user's events in place.</summary>
    /// <returns>Bytes of their packet.</returns>
    private int Bring(DeviceSession session, UserParameters parameters, History known)
    {
        if (known.Length == 0) return 0;
        var bytes = parameters.Make(known, parameters.SmallestForm, device.Version);
        return ParameterPacket.TryParse(bytes, out var packet, out var fault) && session.TryApply(packet, out fault)
            ? bytes.Length
            : throw new InvalidOperationException($"a device of the replay refused weights: {fault}");
    }

    /// <summary>Lets the device ask for a list: always where it holds none, else as the policy decides.</summary>
    private static async ValueTask<bool> AskAsync(DeviceSession session, CloudConnection? connection)
    {
        if (connection is null) return false;
        var outcome = await session.RefreshAsync(connection).ConfigureAwait(false);
        return !outcome.Asked || outcome.HasNewList || connection.HasFaults
            ? outcome.Asked
            : throw new InvalidOperationException($"a device of the replay got no list: {outcome.Reason}");
    }
}
