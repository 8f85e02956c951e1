namespace Tandem.Cloud.Stores;

/// <summary>What a caller may do.</summary>
public enum ApiScope
{
    /// <summary>What devices do: ask for lists, weights and bundles, report events.</summary>
    Device,

    /// <summary>The same, and erase users, swap models, read figures.</summary>
    Operator,
}
