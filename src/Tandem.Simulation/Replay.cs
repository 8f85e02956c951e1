using System.Diagnostics;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Learning.Runs;

namespace Tandem.Simulation;

/// <summary>
/// Plays users through the device runtime: the cloud's list made d events ago, the d events since, the decision whether to ask
/// again, the ranking. One session a user; what comes of a user depends on no other.
/// </summary>
public sealed class Replay(DeviceModel device, InProcessCloud cloud, SimulationOptions options, Phase phase)
{
    private const int LeastKept = 1_000; // events, as a session keeps by default

    /// <summary>Lists for every user at the lag, and up to date ones for those who may ask.</summary>
    public async Task PrepareListsAsync(IRunProgress progress, bool fresh, CancellationToken cancel = default)
    {
        var users = phase.Users.ToArray();
        await PrepareAsync($"cloud lists, {phase.Name}, {options.Lag} events old", options.Lag).ConfigureAwait(false);
        if (fresh && options.Lag > 0) await PrepareAsync($"cloud lists, {phase.Name}, up to date", 0).ConfigureAwait(false);

        Task PrepareAsync(string stage, int lag) => cloud.PrepareAsync(
            [.. users.Select(user => (user, phase.CloudHistory(user, lag).Request(device, options)))],
            made => progress.Report(stage, made, users.Length), cancel);
    }

    /// <summary>Every user's turn under one policy, ranked by one mode.</summary>
    /// <param name="mode">Whose scores rank.</param>
    /// <param name="policyOf">Decides on a user's calls; null for devices without a cloud.</param>
    /// <param name="fusion">Joins the scores in the fused mode.</param>
    /// <param name="depth">Items to recommend.</param>
    public async Task<Turn[]> RunAsync(RankingMode mode, Func<int, IRequestPolicy>? policyOf, IFusionRule fusion, int depth)
    {
        var users = phase.Users.ToArray();
        var turns = new Turn[users.Length];
        for (var i = 0; i < users.Length; i++)
            turns[i] = await PlayAsync(users[i], mode, policyOf?.Invoke(users[i]), fusion, depth).ConfigureAwait(false);
        return turns;
    }

    /// <summary>One user's turn.</summary>
    /// <param name="user">With a target.</param>
    /// <param name="mode">Whose scores rank.</param>
    /// <param name="policy">Decides on calls; null for a device without a cloud.</param>
    /// <param name="fusion">Joins the scores in the fused mode.</param>
    /// <param name="depth">Items to recommend.</param>
    /// <exception cref="InvalidOperationException">The cloud gave no list, or one that the device refused: nothing could be
    /// measured.</exception>
    public async ValueTask<Turn> PlayAsync(int user, RankingMode mode, IRequestPolicy? policy, IFusionRule fusion, int depth)
    {
        var history = phase.History(user);
        using var session = new DeviceSession(device, new DeviceSessionOptions
        {
            Fusion = fusion,
            Policy = policy ?? new NeverAsk(),
            ListLength = options.ListLength,
            ExcludeConsumed = options.ExcludeConsumed,
            HistoryLimit = Math.Max(LeastKept, history.Length),
        });
        var connection = policy is null ? null : cloud.ConnectionOf(user);
        var known = phase.CloudHistory(user, options.Lag).Length;
        for (var i = 0; i < history.Length - 1; i++)
        {
            if (i == known) await AskAsync(session, connection).ConfigureAwait(false);
            session.Observe(history, i);
        }

        if (known == history.Length - 1) await AskAsync(session, connection).ConfigureAwait(false);
        var start = Stopwatch.GetTimestamp();
        session.Observe(history, history.Length - 1);
        var best = session.Recommend(depth, mode);
        var elapsed = Stopwatch.GetElapsedTime(start);
        if (known == history.Length && await AskAsync(session, connection).ConfigureAwait(false)) best = session.Recommend(depth, mode);
        var inconsistency = policy is null ? 0 : session.Inconsistency();
        var asked = await AskAsync(session, connection).ConfigureAwait(false);
        if (asked) best = session.Recommend(depth, mode);
        return new Turn(user, phase.Target(user), best, inconsistency, session.ListAge, asked, elapsed.TotalMicroseconds);
    }

    /// <summary>Lets the device ask for a list: always where it holds none, else as the policy decides.</summary>
    private static async ValueTask<bool> AskAsync(DeviceSession session, ICloud? connection)
    {
        if (connection is null) return false;
        var outcome = await session.RefreshAsync(connection).ConfigureAwait(false);
        return !outcome.Asked || outcome.HasNewList
            ? outcome.Asked
            : throw new InvalidOperationException($"a device of the replay got no list: {outcome.Reason}");
    }
}
