namespace Tandem.Learning.Codes;

/// <summary>Which vectors of items are coded.</summary>
public enum CodeSource
{
    /// <summary>Of titles and categories.</summary>
    Text,

    /// <summary>The item table of a trained sequence model.</summary>
    Collaborative,

    /// <summary>Both side by side, each scaled to a mean length of 1.</summary>
    Both,
}
