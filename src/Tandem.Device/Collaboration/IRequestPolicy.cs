namespace Tandem.Device.Collaboration;

/// <summary>Decides on the device whether a new list is worth a cloud call.</summary>
public interface IRequestPolicy
{
    /// <summary>
    /// True where the policy decides also for a device that holds no list, or none with an item left: it then sees inconsistency 0 and age 0.
    /// False, the default, where such a device is to ask without being judged.
    /// </summary>
    bool DecidesWithoutList => false;

    /// <param name="situation">What the device sees.</param>
    RequestDecision Decide(in RequestSituation situation);
}
