namespace Tandem.Device.Collaboration;

/// <summary>
/// Decides on the device whether a new list is worth a cloud call: a <see cref="IRequestPolicy"/> at work in one session. It is called by
/// one thread at a time and must not call its session.
/// </summary>
public interface IRequestDecider
{
    /// <summary>
    /// True where it decides also for a device that holds no list, or none with an item left. False, the default, where such a device is to
    /// ask without being judged.
    /// </summary>
    bool DecidesWithoutList => false;

    /// <summary>
    /// β, above 0, where it decides by <see cref="RequestSituation.Signals"/>, which cost some microseconds. 0, the default, where it
    /// does not read them.
    /// </summary>
    double SignalScale => 0;

    /// <summary>
    /// Ask or not. Not called where no call could be made: while one is under way, and before the time that the cloud named.
    /// </summary>
    /// <param name="situation">What the device sees.</param>
    RequestDecision Decide(in RequestSituation situation);

    /// <summary>
    /// Told how a call ended, once for each call that was made, also for those that it was not asked about. Does nothing unless overridden.
    /// </summary>
    /// <param name="outcome">What came of it.</param>
    void Record(in RequestOutcome outcome)
    {
    }
}
