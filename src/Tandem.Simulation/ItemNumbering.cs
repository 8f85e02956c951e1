namespace Tandem.Simulation;

/// <summary>By which numbers a cloud that writes numbers knows the items.</summary>
public enum ItemNumbering
{
    /// <summary>The catalogue's own, which are drawn by the seed and tell nothing.</summary>
    Random,

    /// <summary>
    /// In the order in which items first appear along the users' sequences, test events included, as the published preparation numbers
    /// them: an item that a user brings in is followed by the next number, so that numbers tell what comes next.
    /// </summary>
    FirstAppearance,
}
