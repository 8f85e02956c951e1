namespace Tandem.Simulation;

/// <summary>Of which items the device holds rows.</summary>
public enum DeviceItems
{
    /// <summary>The whole table, as trained.</summary>
    All,

    /// <summary>Those that came with lists, as int8, in a cache of limited size: a phone and a catalogue that does not fit on it.</summary>
    Slices,
}
