namespace Tandem.Data;

/// <summary>Which of a user's events with one item stay.</summary>
public enum DuplicateRule
{
    /// <summary>All: a repeat is an event like any other.</summary>
    All,

    /// <summary>The earliest.</summary>
    First,

    /// <summary>The latest.</summary>
    Last,
}
