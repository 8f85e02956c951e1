namespace Tandem.Cloud.Stores;

/// <summary>
/// What a device was given while it was in experiments, from which their results are computed: the arms that it was told of, or a list.
/// </summary>
public sealed record Exposure
{
    /// <summary>Most arms of one exposure.</summary>
    public const int MostArms = 100;

    /// <summary>The arms that the device was in, each with the probability with which it was to be in it.</summary>
    public required IReadOnlyList<ArmOfDevice> Arms { get; init; }

    /// <summary>Version of the weights that made the list; null where no list was given.</summary>
    public string? Model { get; init; }

    /// <summary>[N] hashes of the listed items' keys (<see cref="ItemHash"/>), in their order; empty where no list was given.</summary>
    public IReadOnlyList<uint> Items { get; init; } = [];
}

/// <summary>A device's place in an experiment.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Arm">Of the experiment.</param>
/// <param name="Propensity">The arm's share of the devices when the device was given it, above 0 to 1.</param>
public sealed record ArmOfDevice(string Experiment, string Arm, double Propensity);

/// <summary>An exposure that is kept.</summary>
/// <param name="After">The sequence of the last event that was kept before it; 0 where there was none.</param>
/// <param name="Device">Whose.</param>
/// <param name="Exposure">As it was.</param>
/// <param name="Received">Unix seconds by the service's clock.</param>
public sealed record StoredExposure(long After, DeviceId Device, Exposure Exposure, long Received);
