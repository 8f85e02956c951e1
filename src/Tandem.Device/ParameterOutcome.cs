using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>What came of asking the cloud for weights.</summary>
/// <param name="IsApplied">True where they serve now. Without them the old ones serve on.</param>
/// <param name="Reason">One phrase for logs and dashboards: the packet's version, or why there is none.</param>
/// <param name="Fault">What the cloud answered in place of weights; null where it answered weights or was not called.</param>
public readonly record struct ParameterOutcome(bool IsApplied, string Reason, CloudFault? Fault);
