namespace Tandem.Device.Collaboration;

/// <summary>Decides on the device whether a new list is worth a cloud call.</summary>
public interface IRequestPolicy
{
    /// <param name="situation">What the device sees.</param>
    RequestDecision Decide(in RequestSituation situation);
}
