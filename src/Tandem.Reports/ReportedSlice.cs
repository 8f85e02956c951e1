namespace Tandem.Reports;

/// <summary>Metrics of a part of the users.</summary>
/// <param name="By">What divides the users, such as <c>history length</c>.</param>
/// <param name="Name">This part, such as <c>5–9 events</c>.</param>
/// <param name="Users">How many are in it.</param>
/// <param name="Metrics">Values by name; the same names in every slice of a division.</param>
public sealed record ReportedSlice(string By, string Name, int Users, IReadOnlyDictionary<string, double> Metrics);
