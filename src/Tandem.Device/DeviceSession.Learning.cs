using Tandem.Device.Learning;
using Tandem.Device.Models;

namespace Tandem.Device;

/// <content>Learning from the user's own events.</content>
public sealed partial class DeviceSession
{
    private const string Overtaken = "other weights came into use while these were learned";

    /// <summary>True where the user's own weights serve, false where those that were sent do.</summary>
    public bool HasLearned
    {
        get
        {
            using (Enter()) return _user.OwnWeights is not null;
        }
    }

    /// <summary>
    /// Learns a part of the model from the latest events, as many as a full window holds, starting at the weights that serve. Other calls
    /// are served by those meanwhile. Nothing changes unless the held-out events became more likely. Nothing leaves the device.
    /// </summary>
    /// <remarks>
    /// A model that never resets its state (TTT) is begun anew at the oldest of these events, and learns its adapter alone.
    /// Without an item table, events whose row is not held are passed over and random items are drawn among the rows held.
    /// </remarks>
    /// <param name="options">How.</param>
    /// <param name="cancel">Ends it between two steps.</param>
    /// <exception cref="ArgumentException">The options are null or have faults; the message lists them all.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and nothing changed.</exception>
    public AdaptationResult Learn(AdaptationOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        var began = _options.Time.GetTimestamp();
        UserModel user;
        AlignedFloats sent;
        AlignedFloats? own;
        AdaptationPlan plan;
        AdaptationSample sample;
        using (Enter())
        {
            (user, sent, own) = (_user, _user.SentWeights, _user.OwnWeights);
            if (!user.Model.Runner.CanLearn(options.Part))
            {
                return new()
                {
                    Accepted = false,
                    Reason = $"{user.Model.Shape.Kind} can learn its adapter alone on a device: set part to Adapter",
                };
            }

            var latest = Latest(user);
            plan = new(user.Model.Runner, options, latest.Count);
            var held = user.Items?.HeldItems();
            var drawn = held?.Length ?? user.Model.Shape.Items;
            if ((plan.Fault ?? (drawn < 2 ? "there is no second item to tell the true one from" : null)) is { } fault)
                return new() { Accepted = false, Bytes = plan.Bytes, Reason = fault };
            // Under the lock, for another thread's list may bring other rows into the places of these.
            sample = AdaptationSample.Read(
                plan, latest, new(drawn, held, options.Seed, _history.Count),
                options.ListNegatives > 0 ? ListedBeside(user, latest) : [], user.TryRead);
        }

        var result = new Adaptation(plan, sample, sent, own ?? sent, _options.Time, began, cancel).Run(out var learned);
        return learned is null || TryUse(user, sent, own, learned) ? result : result with { Accepted = false, Reason = Overtaken };
    }

    /// <summary>Lets go of what was learned: the weights that were sent serve again.</summary>
    public void Unlearn()
    {
        using (Enter()) _user.Use(null);
    }

    /// <summary>Items of the list that the user has not taken of late and whose rows are held.</summary>
    private int[] ListedBeside(UserModel user, LatestEvents latest) =>
        [.. _list.Listed.ToArray().Where(item => user.TryPlace(item, out _) && Array.IndexOf(latest.Items, item) < 0)];

    /// <summary>The latest events whose rows are held: those that a full window sees, and the one that is predicted from them.</summary>
    private LatestEvents Latest(UserModel user)
    {
        var count = (int)Math.Min(_history.Count - _history.First, user.Model.Shape.Window + 1L);
        var numbers = new List<long>(count);
        for (var number = _history.Count - count; number < _history.Count; number++)
        {
            if (user.TryPlace(_history.ItemAt(number), out _)) numbers.Add(number);
        }

        return new([.. numbers.Select(_history.ItemAt)], [.. numbers.Select(_history.TimeAt)],
            [.. numbers.Select(n => (float)_history.ValueAt(n))]);
    }

    /// <summary>False where the model or the weights are no longer those that learning began with.</summary>
    private bool TryUse(UserModel user, AlignedFloats sent, AlignedFloats? own, AlignedFloats learned)
    {
        using (Enter())
        {
            if (_user != user || _user.SentWeights != sent || _user.OwnWeights != own) return false;
            _user.Use(learned);
            return true;
        }
    }
}
