using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Experiments;

/// <summary>What devices did while they were in an experiment, by device, arm and propensity.</summary>
/// <param name="experiment">Its name.</param>
internal sealed class ArmTally(string experiment)
{
    private readonly Dictionary<DeviceId, Present> _present = [];
    private readonly Dictionary<(DeviceId Device, string Arm, double Propensity), Stay> _stays = [];

    /// <summary>Each device's stay in an arm with a propensity.</summary>
    public IEnumerable<(DeviceId Device, string Arm, double Propensity, Stay Stay)> Stays =>
        _stays.Select(stay => (stay.Key.Device, stay.Key.Arm, stay.Key.Propensity, stay.Value));

    /// <summary>Counts all of an app, each event to what its device had been given before it.</summary>
    public static async Task<ArmTally> ReadAsync(IStore store, string app, string experiment, CancellationToken cancel)
    {
        var tally = new ArmTally(experiment);
        await using var events = store.Events.ReadAsync(app, cancel: cancel).GetAsyncEnumerator(cancel);
        var isEvent = await events.MoveNextAsync();
        await foreach (var exposure in store.Exposures.ReadAsync(app, cancel))
        {
            for (; isEvent && events.Current.Sequence <= exposure.After; isEvent = await events.MoveNextAsync()) tally.Add(events.Current);
            tally.Add(exposure);
        }

        for (; isEvent; isEvent = await events.MoveNextAsync()) tally.Add(events.Current);
        return tally;
    }

    /// <summary>In the order in which exposures and events were kept.</summary>
    public void Add(StoredExposure exposure)
    {
        if (exposure.Exposure.Arms.FirstOrDefault(arm => arm.Experiment == experiment) is not { } arm)
        {
            _present.Remove(exposure.Device); // the experiment was not running
            return;
        }

        var key = (exposure.Device, arm.Arm, arm.Propensity);
        if (!_stays.TryGetValue(key, out var stay)) _stays[key] = stay = new();
        var isList = exposure.Exposure.Model is not null;
        if (isList) stay.Lists++;
        var listed = isList ? exposure.Exposure.Items : _present.TryGetValue(exposure.Device, out var before) ? before.Listed : null;
        _present[exposure.Device] = new(stay, listed);
    }

    /// <summary>In the order in which exposures and events were kept.</summary>
    public void Add(StoredEvent e)
    {
        if (!_present.TryGetValue(e.Device, out var present)) return;
        present.Stay.Events++;
        present.Stay.Value += e.Event.Value;
        if (present.Listed is null) return;
        present.Stay.EventsWithList++;
        if (present.Listed.Contains(ItemHash.Of(e.Event.Item))) present.Stay.Taken++;
    }

    /// <summary>Of one device in one arm.</summary>
    internal sealed class Stay
    {
        public double Value { get; set; }

        public int Events { get; set; }

        public int Lists { get; set; }

        public int EventsWithList { get; set; }

        public int Taken { get; set; }
    }

    private readonly record struct Present(Stay Stay, IReadOnlyList<uint>? Listed);
}
