using Tandem.Device.Learning;
using Tandem.Device.Models;
using Tandem.Device.Sessions;

namespace Tandem.Device;

/// <content>Learning from the user's own events.</content>
public sealed partial class DeviceSession
{
    /// <summary>True where the user's own weights serve, false where those as shipped do.</summary>
    public bool HasLearned
    {
        get
        {
            lock (_gate) return _user.OwnWeights is not null;
        }
    }

    /// <summary>
    /// Learns a part of the model from the latest events, as many as the model sees, starting at the weights that serve. Other calls
    /// are served by those meanwhile. Nothing changes unless the held-out events became more likely. Nothing leaves the device.
    /// </summary>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public AdaptationResult Learn(AdaptationOptions options)
    {
        if (options.Validate().ToArray() is [_, ..] faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        var began = _options.Time.GetTimestamp();
        var (user, own, events) = Latest();
        var plan = new AdaptationPlan(user.Model.Runner, options, events.Items.Length);
        if ((plan.Fault ?? Fault(user.Model)) is { } fault) return new() { Accepted = false, Bytes = plan.Bytes, Reason = fault };
        var negatives = new Negatives(user.Model.Shape.Items, options.Seed, events.Count);
        var sample = AdaptationSample.Read(plan, events.Items, events.Times, negatives, user.TryRead);
        var start = own ?? user.Model.Weights;
        var result = new Adaptation(plan, sample, user.Model.Weights, start, _options.Time, began).Run(out var learned);
        return learned is null || TryUse(user, own, learned) ? result : result with { Accepted = false, Reason = Overtaken };
    }

    /// <summary>Lets go of what was learned: the weights as shipped serve again.</summary>
    public void Unlearn()
    {
        lock (_gate) _user.Use(null);
    }

    private const string Overtaken = "other weights came into use while these were learned";

    private static string? Fault(DeviceModel model) =>
        !model.HoldsCatalog ? "the model holds no item table to draw items from"
        : model.Shape.Items < 2 ? "a catalogue of one item has nothing to learn"
        : null;

    /// <summary>What serves, and a copy of the latest events: those that a full window sees, and the one that is predicted from them.</summary>
    private (UserModel User, AlignedFloats? Own, (int[] Items, long[] Times, long Count) Events) Latest()
    {
        lock (_gate)
        {
            var count = (int)Math.Min(_history.Count - _history.First, _user.Model.Shape.Window + 1L);
            var (items, times) = (new int[count], new long[count]);
            for (var i = 0; i < count; i++)
            {
                items[i] = _history.ItemAt(_history.Count - count + i);
                times[i] = _history.TimeAt(_history.Count - count + i);
            }

            return (_user, _user.OwnWeights, (items, times, _history.Count));
        }
    }

    /// <summary>False where the model or the weights are no longer those that learning began with.</summary>
    private bool TryUse(UserModel user, AlignedFloats? own, AlignedFloats learned)
    {
        lock (_gate)
        {
            if (_user != user || _user.OwnWeights != own) return false;
            _user.Use(learned);
            return true;
        }
    }
}
