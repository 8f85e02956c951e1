using Orleans.Concurrency;

namespace Tandem.Cloud.Devices;

/// <summary>
/// What is remembered of one device while it is in use, in one place of the whole cluster: its latest items, its last list, what it may
/// still ask. All of it but the last list and the budget comes back from the store of events; the loss of those costs a figure and some
/// calls. The key is <see cref="DeviceGrain.KeyOf"/>.
/// </summary>
[Alias("tandem.device")]
internal interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>Keys of the latest items that the device reported, oldest first.</summary>
    [Alias("history")]
    ValueTask<string[]> HistoryAsync();

    /// <summary>Takes calls to models from the device's budget, all or none.</summary>
    /// <param name="calls">How many.</param>
    /// <returns>Zero where there were as many, else the time until there are calls again.</returns>
    [Alias("spend")]
    ValueTask<TimeSpan> SpendAsync(int calls);

    /// <summary>A list went to the device.</summary>
    /// <param name="items">Keys.</param>
    [Alias("listed")]
    [OneWay]
    ValueTask ListedAsync(string[] items);

    /// <summary>Events of the device are kept, perhaps since before it was told.</summary>
    /// <param name="ids">Of the events, oldest first.</param>
    /// <param name="items">Keys of their items.</param>
    [Alias("observed")]
    [OneWay]
    ValueTask ObservedAsync(string[] ids, string[] items);

    /// <summary>The device's user was erased.</summary>
    [Alias("forget")]
    ValueTask ForgetAsync();
}
