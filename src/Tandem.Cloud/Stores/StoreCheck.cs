namespace Tandem.Cloud.Stores;

/// <summary>What no store may hold, in words that both databases understand.</summary>
internal static class StoreCheck
{
    /// <summary>Every fault is a row with a number above 0.</summary>
    /// <param name="schema">Before the tables' names.</param>
    public static string Sql(string schema) => $"""
        SELECT 'events without their device' AS fault, count(*) AS rows
            FROM {schema}event e LEFT JOIN {schema}device d ON d.key = e.device WHERE d.key IS NULL
        UNION ALL SELECT 'events without their item', count(*)
            FROM {schema}event e LEFT JOIN {schema}item i ON i.key = e.item WHERE i.key IS NULL
        UNION ALL SELECT 'exposures without their device', count(*)
            FROM {schema}exposure e LEFT JOIN {schema}device d ON d.key = e.device WHERE d.key IS NULL
        UNION ALL SELECT 'events more or fewer than are counted', abs((SELECT count(*) FROM {schema}event) - events) FROM {schema}counter
        UNION ALL SELECT 'events beyond the last sequence', count(*)
            FROM {schema}event WHERE sequence > (SELECT last_sequence FROM {schema}counter)
        """;

    /// <summary>For people.</summary>
    public static IEnumerable<string> Faults(IEnumerable<(string Fault, long Rows)> found) =>
        found.Where(row => row.Rows > 0).Select(row => $"{row.Rows} {row.Fault}");
}
