using Tandem.Protocol.Messages;

namespace Tandem.Device;

/// <summary>What a device can ask of the cloud, whatever lies between them.</summary>
/// <remarks>
/// An outage, a refusal or an overload is an answer, a <see cref="CloudFault"/>, and no exception of a transport; what is thrown all the
/// same a session takes for a fault of the cloud. Only an <see cref="OperationCanceledException"/> after the caller's own cancellation is
/// passed on. A cloud that does not offer a call leaves it as it stands here.
/// </remarks>
public interface ICloud
{
    /// <summary>A list of candidates for a history.</summary>
    /// <param name="request">Of the device's catalogue.</param>
    /// <param name="cancel">Of the caller, a deadline included.</param>
    ValueTask<CloudAnswer<CandidateList>> GetCandidatesAsync(CandidateRequest request, CancellationToken cancel = default) =>
        ValueTask.FromResult<CloudAnswer<CandidateList>>(CloudFault.NotOffered("candidates"));

    /// <summary>Weights made for a user, in the place of some of a bundle's.</summary>
    /// <param name="request">Of the device's catalogue and model.</param>
    /// <param name="cancel">Of the caller, a deadline included.</param>
    ValueTask<CloudAnswer<ParameterAnswer>> GetParametersAsync(ParameterRequest request, CancellationToken cancel = default) =>
        ValueTask.FromResult<CloudAnswer<ParameterAnswer>>(CloudFault.NotOffered("parameters"));

    /// <summary>A bundle by name and version.</summary>
    /// <param name="request">Which.</param>
    /// <param name="cancel">Of the caller, a deadline included.</param>
    ValueTask<CloudAnswer<BundleAnswer>> GetBundleAsync(BundleRequest request, CancellationToken cancel = default) =>
        ValueTask.FromResult<CloudAnswer<BundleAnswer>>(CloudFault.NotOffered("bundles"));

    /// <summary>Reports events. The same events may be sent again: each counts once.</summary>
    /// <param name="batch">Of the device's catalogue.</param>
    /// <param name="cancel">Of the caller, a deadline included.</param>
    ValueTask<CloudAnswer<EventReceipt>> SendEventsAsync(EventBatch batch, CancellationToken cancel = default) =>
        ValueTask.FromResult<CloudAnswer<EventReceipt>>(CloudFault.NotOffered("store of events"));

    /// <summary>The arms of the cloud's experiments that this device is in, the same whenever it asks.</summary>
    /// <param name="cancel">Of the caller, a deadline included.</param>
    ValueTask<CloudAnswer<Assignment>> GetAssignmentAsync(CancellationToken cancel = default) =>
        ValueTask.FromResult<CloudAnswer<Assignment>>(CloudFault.NotOffered("experiments"));

    /// <summary>Codes of the catalogue's items, for a device that is to tell no item (<see cref="PrivateCloud"/>).</summary>
    /// <param name="cancel">Of the caller, a deadline included.</param>
    ValueTask<CloudAnswer<ItemCodeTable>> GetItemCodesAsync(CancellationToken cancel = default) =>
        ValueTask.FromResult<CloudAnswer<ItemCodeTable>>(CloudFault.NotOffered("codes of items"));
}
