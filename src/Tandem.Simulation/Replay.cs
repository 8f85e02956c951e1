using System.Diagnostics;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Protocol.Messages;

namespace Tandem.Simulation;

/// <summary>
/// Plays users through the device runtime: the cloud's list made d events ago, the d events since, the decision whether to ask
/// again, the ranking. One session a user, one user after the other.
/// </summary>
public sealed class Replay(DeviceModel device, InProcessCloud cloud, SimulationOptions options, Phase phase)
{
    /// <summary>Lists for every user at the lag, and up to date ones for those who may ask.</summary>
    public void PrepareLists(ISimulationProgress progress, bool fresh)
    {
        var users = phase.Users.ToArray();
        Prepare($"cloud lists, {phase.Name}, {options.Lag} events old", options.Lag);
        if (fresh && options.Lag > 0) Prepare($"cloud lists, {phase.Name}, up to date", 0);

        void Prepare(string stage, int lag) => cloud.Prepare(
            [.. users.Select(user => (user, Request(phase.CloudHistory(user, lag).ToArray())))],
            made => progress.Report(stage, made, users.Length));
    }

    /// <summary>Every user's turn under one policy, ranked by one mode.</summary>
    /// <param name="mode">Whose scores rank.</param>
    /// <param name="policy">Decides on calls; null for a device without a cloud.</param>
    /// <param name="fusion">Joins the scores in the fused mode.</param>
    /// <param name="depth">Items to recommend.</param>
    public IEnumerable<Turn> Run(RankingMode mode, IRequestPolicy? policy, IFusionRule fusion, int depth)
    {
        foreach (var user in phase.Users.ToArray()) yield return Play(user, mode, policy, fusion, depth);
    }

    private Turn Play(int user, RankingMode mode, IRequestPolicy? policy, IFusionRule fusion, int depth)
    {
        cloud.CurrentUser = user;
        var session = new DeviceSession(device, new DeviceSessionOptions
        {
            Fusion = fusion,
            Policy = policy ?? new NeverAsk(),
            ListLength = options.ListLength,
            ExcludeConsumed = options.ExcludeConsumed,
        });
        var history = phase.History(user);
        var known = phase.CloudHistory(user, options.Lag).Length;
        for (var i = 0; i < history.Length - 1; i++)
        {
            if (i == known) Ask(session, policy);
            session.Observe(history[i]);
        }

        if (known == history.Length - 1) Ask(session, policy);
        var start = Stopwatch.GetTimestamp();
        session.Observe(history[^1]);
        var best = session.Recommend(depth, mode);
        var elapsed = Stopwatch.GetElapsedTime(start);
        if (known == history.Length && Ask(session, policy)) best = session.Recommend(depth, mode);
        var inconsistency = policy is null ? 0 : session.Inconsistency();
        var asked = Ask(session, policy);
        if (asked) best = session.Recommend(depth, mode);
        return new Turn(user, phase.Target(user), best, inconsistency, session.ListAge, asked, elapsed.TotalMicroseconds);
    }

    /// <summary>Lets the device ask for a list: always where it holds none, else as the policy decides.</summary>
    private bool Ask(DeviceSession session, IRequestPolicy? policy)
    {
        if (policy is null) return false;
        var pending = session.RefreshAsync(cloud); // in process the answer is there at once
        return (pending.IsCompleted ? pending.Result : pending.AsTask().GetAwaiter().GetResult()).Ask;
    }

    private CandidateRequest Request(int[] history) =>
        new() { CatalogVersion = device.CatalogVersion, History = history, Count = options.ListLength };
}
