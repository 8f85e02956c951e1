namespace Tandem.Device.Collaboration;

/// <summary>What a <see cref="IRequestPolicy"/> decides on.</summary>
/// <param name="Inconsistency">Disagreement of cloud and device over the list, from 0 to 1: <see cref="RankInconsistency"/>.</param>
/// <param name="Age">Events observed since the cloud made the list.</param>
public readonly record struct RequestSituation(double Inconsistency, int Age);
