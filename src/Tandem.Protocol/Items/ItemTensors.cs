namespace Tandem.Protocol.Items;

/// <summary>Names of a bundle's item table among its tensors, [V + 1 × D] with row 0 for padding.</summary>
internal static class ItemTensors
{
    /// <summary>float32 or float16 values.</summary>
    public const string Values = "items.weight";

    /// <summary>int8 rows.</summary>
    public const string Codes = "items.codes";

    /// <summary>[V + 1] float32, one scale for each int8 row.</summary>
    public const string Scales = "items.scales";
}
