namespace Tandem.Device.Collaboration;

/// <summary>Ask or not, with the reason.</summary>
/// <param name="Ask">True to call the cloud.</param>
/// <param name="Reason">One phrase for logs and dashboards.</param>
public readonly record struct RequestDecision(bool Ask, string Reason);
