namespace Tandem.Device;

/// <summary>Whose scores rank. Where there is no list, or every item of it is consumed, all modes are <see cref="Device"/>.</summary>
public enum RankingMode
{
    /// <summary>The list, by cloud and device together.</summary>
    Fused,

    /// <summary>The list, by the device's scores.</summary>
    Rerank,

    /// <summary>The list, by the cloud's scores.</summary>
    Cloud,

    /// <summary>The whole catalogue, by the device's scores; no list needed.</summary>
    Device,
}
