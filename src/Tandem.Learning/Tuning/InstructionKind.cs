namespace Tandem.Learning.Tuning;

/// <summary>What a language model is taught of a catalogue's users and items.</summary>
public enum InstructionKind
{
    /// <summary>
    /// The next item behind the items alone, without words: every item of a history at once where a causal model writes codes, else one of
    /// them at a time.
    /// </summary>
    History,

    /// <summary>The next item, asked for in words.</summary>
    Sequential,

    /// <summary>The next item out of some that are named.</summary>
    Choice,

    /// <summary>Whether an item comes next, yes or no.</summary>
    YesNo,

    /// <summary>The title of an item, and the item of a title.</summary>
    Titles,
}
