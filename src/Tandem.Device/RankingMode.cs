namespace Tandem.Device;

/// <summary>Whose scores rank.</summary>
public enum RankingMode
{
    /// <summary>The list, by cloud and device together. Without a list: <see cref="Device"/>.</summary>
    Fused,

    /// <summary>The list, by the device's scores.</summary>
    Rerank,

    /// <summary>The list, by the cloud's scores.</summary>
    Cloud,

    /// <summary>The whole catalogue, by the device's scores; no list needed.</summary>
    Device,
}
