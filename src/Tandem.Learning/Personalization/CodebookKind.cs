namespace Tandem.Learning.Personalization;

/// <summary>What SOLID's item branch reads an item through.</summary>
public enum CodebookKind
{
    /// <summary>Centres that follow the items as running means.</summary>
    Learned,

    /// <summary>Centres drawn at random at the scale of the items, never learned: a control.</summary>
    Random,

    /// <summary>No codebook: the item itself.</summary>
    None,
}
