using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Orleans.Placement;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Devices;

/// <summary>One device. Where it lives follows from its name, so that devices spread evenly over the silos whoever asks first.</summary>
/// <param name="store">Of events.</param>
/// <param name="models">Whose catalogues share the texts of keys.</param>
/// <param name="options">What a device may cause.</param>
/// <param name="time">The clock.</param>
[HashBasedPlacement]
internal sealed class DeviceGrain(IStore store, ModelRegistry models, DeviceOptions options, TimeProvider time) : Grain, IDeviceGrain
{
    /// <summary>Items that are remembered of a device: what sequence models read of a history.</summary>
    public const int MostItems = 50;

    private readonly Queue<(ulong Id, string Item)> _history = new();
    private ulong[] _listed = [];   // hashes of keys, sorted
    private long _windowBegan;
    private int _spent;

    /// <summary>The grain's key of a device. The length of the app's name stands first, so that no two devices share a key.</summary>
    public static string KeyOf(DeviceId device) =>
        string.Create(CultureInfo.InvariantCulture, $"{device.App.Length}:{device.App}{device.Id}");

    /// <summary>The device of a key.</summary>
    public static DeviceId DeviceOf(string key)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        var id = colon + 1 + int.Parse(key.AsSpan(0, colon), CultureInfo.InvariantCulture);
        return new(key[(colon + 1)..id], key[id..]);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var recent = await store.Events.RecentAsync(DeviceOf(this.GetPrimaryKeyString()), MostItems, cancellationToken);
        foreach (var e in recent) Remember(HashOf(e.Event.Id), e.Event.Item);
        _windowBegan = time.GetTimestamp();
    }

    public ValueTask<string[]> HistoryAsync() => new([.. _history.Select(e => e.Item)]);

    public ValueTask<TimeSpan> SpendAsync(int calls)
    {
        if (options.Budget is not { } budget) return new(TimeSpan.Zero);
        var age = time.GetElapsedTime(_windowBegan);
        if (age >= budget.Window) (_windowBegan, _spent, age) = (time.GetTimestamp(), 0, TimeSpan.Zero);
        if (_spent + calls > budget.Calls) return new(budget.Window - age);
        _spent += calls;
        return new(TimeSpan.Zero);
    }

    public ValueTask ListedAsync(string[] items)
    {
        _listed = [.. items.Select(HashOf).Order()];
        return default;
    }

    public ValueTask ObservedAsync(string[] ids, string[] items)
    {
        for (var i = 0; i < items.Length; i++)
        {
            var (id, item) = (HashOf(ids[i]), items[i]);
            if (_history.Any(known => known.Id == id)) continue; // sent again, or read from the store when it came here
            if (_listed.Length > 0)
            {
                var listed = Array.BinarySearch(_listed, HashOf(item)) >= 0;
                ServiceMeter.Taken.Add(1, new KeyValuePair<string, object?>("listed", listed));
            }

            Remember(id, item);
        }

        return default;
    }

    public ValueTask ForgetAsync()
    {
        _history.Clear();
        _listed = [];
        return default;
    }

    private void Remember(ulong id, string item)
    {
        _history.Enqueue((id, models.SharedKey(item)));
        if (_history.Count > MostItems) _history.Dequeue();
    }

    private static ulong HashOf(string text) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));
}
