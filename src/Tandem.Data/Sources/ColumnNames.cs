namespace Tandem.Data.Sources;

/// <summary>Which columns of a table hold the events.</summary>
public sealed record ColumnNames
{
    internal const string UsualTime = "time";
    internal const string UsualValue = "value";

    /// <summary>Users' keys; default <c>user</c>.</summary>
    public string User { get; init; } = "user";

    /// <summary>Items' keys; default <c>item</c>.</summary>
    public string Item { get; init; } = "item";

    /// <summary>Times; null (default): <c>time</c> where there is such a column, else each user's events are in order.</summary>
    public string? Time { get; init; }

    /// <summary>Ratings or other strengths; null (default): <c>value</c> where there is such a column, else 1.</summary>
    public string? Value { get; init; }

    /// <summary>The unit of numbers in the column of times; default seconds.</summary>
    public TimeUnit TimeUnit { get; init; }
}
