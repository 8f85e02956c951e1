namespace Tandem.Device.Models;

/// <summary>What of a model a device learns.</summary>
public enum LearnedPart
{
    /// <summary>A low-rank change of the user's vector: 2 R D numbers, R = 4. Cheapest, and safest with few events.</summary>
    Adapter,

    /// <summary>The adapter and the last block or layer with what follows it.</summary>
    LastBlock,

    /// <summary>The adapter and every weight of the backbone. The item table stays as it was shipped: it is everybody's.</summary>
    All,
}
